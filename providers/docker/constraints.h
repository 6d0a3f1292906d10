// providers.docker.constraints: an expression over a container's labels that says which containers are looked at.
//
// Parsed once at start; immutable, any thread. Label(`k`,`v`) is exact, LabelRegex(`k`,`re`) is RE2 and unanchored;
// &&, ||, ! and parentheses as in Go. A missing label counts as empty text. A broken expression matches nothing
// (nothing broken widens access). Source: traefik-compat 1.4.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/docker/container.h"
#include "proxy/config/problem.h"

namespace re2 {
class RE2;
}

namespace mooring::docker {

class Constraints {
 public:
  // An empty expression matches everything. The error is one sentence with the place.
  static std::expected<Constraints, std::string> parse(std::string_view text);

  bool matches(const Labels& labels) const;

  // Regular expressions that RE2 refuses: they match nothing, as in Traefik, but not in silence.
  const std::vector<std::string>& bad_patterns() const { return bad_patterns_; }

 private:
  enum class Kind { all, exact, pattern, no, both, either };
  struct Node {
    Kind kind = Kind::all;
    std::string key, value;
    std::shared_ptr<const re2::RE2> pattern;  // null: refused
    std::size_t left = 0, right = 0;          // indexes into nodes_
  };
  friend class ConstraintReader;
  std::optional<bool> holds(std::size_t index, const Labels& labels) const;  // nothing: cannot be told

  std::vector<Node> nodes_;
  std::size_t root_ = 0;
  std::vector<std::string> bad_patterns_;
};

// For the options reader and the provider's status: what is wrong with the expression, or nothing.
std::optional<config::Problem> validate_constraints(std::string_view text);

}  // namespace mooring::docker
