#include "proxy/routing/unknown_reference.h"

#include <algorithm>
#include <array>
#include <vector>

#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"

namespace mooring::routing {
namespace {

// Whose names a reference may carry; those that Traefik has and we do not may stand in a file that is read by both.
constexpr auto kProviders = std::to_array<std::string_view>(
    {"consul", "consulcatalog", "docker", "ecs", "etcd", "file", "http", "internal", "kubernetes", "kubernetescrd",
     "kubernetesgateway", "nomad", "redis", "rest", "swarm", "zookeeper"});

std::string_view bare(std::string_view name) {
  return name.substr(0, name.rfind('@'));
}
std::string_view provider_of(std::string_view name) {
  const auto at = name.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : name.substr(at + 1);
}

}  // namespace

config::Problem unknown_reference(std::string_view kind, const std::string& name,
                                  std::span<const std::string_view> known, std::string_view otherwise) {
  config::Problem problem;
  problem.code = otherwise;
  problem.text = std::string{kind} + " " + config::quoted(name) + " does not exist";
  const auto elsewhere = std::ranges::find_if(known, [&](std::string_view each) { return bare(each) == bare(name); });
  if (elsewhere != known.end()) {
    problem.code = config::code::kOtherProvider;
    problem.text += "; " + config::quoted(*elsewhere) + " does";
    problem.fix = "write " + config::quoted(*elsewhere);
    return problem;
  }
  const std::string_view provider = provider_of(name);
  if (!provider.empty() && std::ranges::find(kProviders, provider) == kProviders.end()) {
    problem.code = config::code::kOtherProvider;
    problem.text += ": there is no provider " + config::quoted(provider);
    const std::string_view near = config::nearest(provider, kProviders);
    if (!near.empty()) {
      problem.fix = "did you mean " + config::quoted(std::string{bare(name)} + "@" + std::string{near}) + "?";
    }
    return problem;
  }
  // Without the provider: it would make short names look alike.
  std::vector<std::string_view> names;
  for (const std::string_view each : known) {
    if (provider_of(each) == provider) names.push_back(bare(each));
  }
  const std::string_view near = config::nearest(bare(name), names);
  if (!near.empty()) {
    problem.fix = "did you mean \"" + std::string{near} + (provider.empty() ? "" : "@") + std::string{provider} + "\"?";
  }
  return problem;
}

bool may_mean(std::string_view name, std::string_view other) {
  if (bare(name) == bare(other)) return true;
  return provider_of(name) == provider_of(other) &&
         !config::nearest(bare(name), std::array<std::string_view, 1>{bare(other)}).empty();
}

}  // namespace mooring::routing
