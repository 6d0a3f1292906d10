#include "proxy/routing/chain_resolver.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "proxy/config/problem_codes.h"
#include "proxy/routing/unknown_reference.h"

namespace mooring::routing {
namespace {

// More steps than this around one request is a mistake, or somebody's chains of chains that double each time. Chains
// count too: those of nothing, or of what is unknown, could double for ever.
constexpr std::size_t kMaxChain = 256;

class Resolver {
 public:
  explicit Resolver(const std::map<std::string, config::MergedMiddleware>& middlewares) : middlewares_(middlewares) {}

  void add(const std::string& name) {
    result.asked.insert(name);
    if (steps_++ >= kMaxChain) return too_long();
    const auto found = middlewares_.find(name);
    if (found == middlewares_.end()) return unknown(name);
    const config::MiddlewareConfig& middleware = found->second.config;
    if (const auto* broken = std::get_if<config::BrokenMiddleware>(&middleware)) {
      return problem(config::code::kUnbuildable, "middleware \"" + name + "\" cannot be built: " + broken->reason, {});
    }
    const auto* chain = std::get_if<config::ChainConfig>(&middleware);
    if (chain == nullptr) {
      result.names.push_back(name);
      return;
    }
    if (std::ranges::find(open_, name) != open_.end()) {
      return problem(config::code::kChainLoop, "chain \"" + name + "\" contains itself", "take it out of its own list");
    }
    open_.push_back(name);
    for (const std::string& inner : chain->middlewares) {
      add(inner);
      if (said_) break;
    }
    open_.pop_back();
  }

  ResolvedChain result;

 private:
  void problem(std::string_view code, std::string text, std::string fix) {
    config::Problem problem;
    problem.code = code;
    problem.text = std::move(text);
    problem.in_force = "the router answers 503";
    problem.fix = std::move(fix);
    result.problems.push_back(std::move(problem));
  }

  void unknown(const std::string& name) {
    std::vector<std::string_view> names;
    names.reserve(middlewares_.size());
    for (const auto& [known, middleware] : middlewares_) names.push_back(known);
    result.missing.push_back(name);
    config::Problem said = unknown_reference("middleware", name, names, config::code::kUnknownMiddleware);
    problem(said.code, std::move(said.text),
            said.fix.empty() ? "define it, or take it out of the router's list" : std::move(said.fix));
  }

  void too_long() {
    if (said_) return;
    said_ = true;
    problem(config::code::kUnbuildable, "more than " + std::to_string(kMaxChain) + " middlewares in one chain", {});
  }

  const std::map<std::string, config::MergedMiddleware>& middlewares_;
  std::vector<std::string> open_;
  std::size_t steps_ = 0;
  bool said_ = false;
};

}  // namespace

ResolvedChain resolve_chain(const std::vector<std::string>& names,
                            const std::map<std::string, config::MergedMiddleware>& middlewares) {
  Resolver resolver(middlewares);
  for (const std::string& name : names) resolver.add(name);
  return std::move(resolver.result);
}

}  // namespace mooring::routing
