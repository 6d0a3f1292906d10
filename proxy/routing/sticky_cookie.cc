#include "proxy/routing/sticky_cookie.h"

#include <utility>
#include <variant>

namespace mooring::routing {
namespace {

std::string first_label(const std::vector<config::FragmentPtr>& origins) {
  return origins.empty() ? std::string{} : origins.front()->origin.label;
}

}  // namespace

std::vector<StickyCookie> sticky_cookies(const RouteDraft& draft, const config::Merged& merged) {
  std::vector<StickyCookie> cookies;
  if (draft.sticky_middleware) {
    for (const std::string& name : draft.chain) {
      const auto found = merged.middlewares.find(name);
      if (found == merged.middlewares.end()) continue;
      if (const auto* sticky = std::get_if<config::StickyConfig>(&found->second.config)) {
        cookies.push_back({&sticky->cookie, name, false, &found->second.origins});
      }
    }
  }
  if (draft.service != nullptr && draft.service->config.sticky) {
    cookies.push_back(
        {&draft.service->config.sticky->cookie, draft.route->config.service, true, &draft.service->origins});
  }
  return cookies;
}

std::string sticky_key(const StickyCookie& cookie, std::string_view field) {
  const auto at = cookie.owner.rfind('@');
  const std::string name = cookie.owner.substr(0, at);
  const bool label = cookie.owner.substr(at + 1) == "docker";
  std::string key = label ? "traefik." : "";
  key += cookie.of_service ? "http.services." + name + (label ? ".loadbalancer" : ".loadBalancer")
                           : "http.middlewares." + name;
  key += ".sticky";
  if (!field.empty()) key += ".cookie." + std::string{field};
  return key;
}

config::Problem sticky_problem(std::string_view code, const StickyCookie& cookie, std::string_view field,
                               std::string text, std::string in_force, std::string fix) {
  return {std::string{code},
          config::Severity::warning,
          first_label(*cookie.origins),
          sticky_key(cookie, field),
          std::move(text),
          std::move(in_force),
          std::move(fix)};
}

}  // namespace mooring::routing
