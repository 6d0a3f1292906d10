#include "proxy/routing/entry_point_routers.h"

#include <algorithm>
#include <format>
#include <ranges>
#include <set>
#include <utility>

namespace mooring::routing {

bool entry_points_have_middlewares(const config::Options& options) {
  return std::ranges::any_of(
      options.entry_points | std::views::values,
      [](const config::EntryPointOptions& entry_point) { return !entry_point.middlewares.empty(); });
}

std::vector<std::string> entry_point_middlewares(const config::EntryPointOptions& entry_point,
                                                 std::string_view router) {
  const std::string_view provider = router.substr(router.rfind('@') + 1);
  std::vector<std::string> names;
  names.reserve(entry_point.middlewares.size());
  for (const std::string& name : entry_point.middlewares) names.push_back(config::qualified(name, provider));
  return names;
}

std::vector<RouterPart> split_by_entry_point(const std::string& name, const config::MergedRouter& router,
                                             const config::Options& options) {
  std::vector<std::string> served = router.config.entry_points;
  if (served.empty()) served = config::default_entry_points(options);
  std::set<std::string> named;
  std::erase_if(served, [&](const std::string& entry_point) { return !named.insert(entry_point).second; });
  std::vector<RouterPart> parts;
  RouterPart rest{.name = name, .router = router};
  rest.router.config.entry_points.clear();
  for (const std::string& entry_point : served) {
    const auto found = options.entry_points.find(entry_point);
    // With a bad entry point the whole router answers 503, and says why: in one piece.
    if (found == options.entry_points.end()) return {{.name = name, .router = router}};
    if (found->second.middlewares.empty()) {
      rest.router.config.entry_points.push_back(entry_point);
      continue;
    }
    RouterPart part{.name = served.size() > 1 ? std::format("{}-{}", entry_point, name) : name, .router = router};
    config::RouterConfig& config = part.router.config;
    config.entry_points = {entry_point};
    std::vector<std::string> middlewares = entry_point_middlewares(found->second, name);
    middlewares.insert(middlewares.end(), config.middlewares.begin(), config.middlewares.end());
    config.middlewares = std::move(middlewares);
    parts.push_back(std::move(part));
  }
  if (!rest.router.config.entry_points.empty() || parts.empty()) parts.push_back(std::move(rest));
  return parts;
}

}  // namespace mooring::routing
