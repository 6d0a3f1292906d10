// providers.docker.defaultRule: the template that gives a rule to routers without one.
//
// Parsed once at start, rendered for each container; immutable, any thread. Understands the part of Go's text/template
// that the option is used with: literal text, {{ .Name }}, {{ .ContainerName }}, {{ index .Labels "key" }}, string
// literals, `normalize` in front of or behind one of them (pipe), parentheses, and the trim markers {{- and -}}.
// Everything else is an error that names it, at start. Source: traefik-compat 1.3; Go text/template.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/docker/container.h"
#include "proxy/config/problem.h"

namespace mooring::docker {

class DefaultRule {
 public:
  // The error is one sentence: what is wrong, and where in the template.
  static std::expected<DefaultRule, std::string> parse(std::string_view text);

  // The rule for `container`; empty when the template gives nothing for it.
  std::string render(const Container& container) const;

 private:
  enum class Source { text, name, container_name, label };
  struct Piece {
    Source source = Source::text;
    std::string text;  // the literal, or the label's key
    int normalized = 0;
  };
  friend class TemplateReader;
  std::vector<Piece> pieces_;
};

// For the options reader: the Problem that stops the start, or nothing.
std::optional<config::Problem> validate_default_rule(std::string_view text);

}  // namespace mooring::docker
