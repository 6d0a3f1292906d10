#include "proxy/routing/route_table.h"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <utility>

namespace mooring::routing {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

using Positions = std::span<const std::uint32_t>;

Positions find(const TextMap<std::vector<std::uint32_t>>& map, std::string_view key) {
  const auto found = map.find(key);
  return found == map.end() ? Positions() : Positions(found->second);
}

// The lowest position at the front of the lists, taken off all that have it; kNone when all are empty.
std::uint32_t take_first(std::array<Positions, 3>& lists) {
  std::uint32_t first = kNone;
  for (const Positions& list : lists) {
    if (!list.empty()) first = std::min(first, list.front());
  }
  for (Positions& list : lists) {
    if (!list.empty() && list.front() == first) list = list.subspan(1);
  }
  return first;
}

}  // namespace

std::int64_t effective_priority(std::string_view rule, std::int64_t configured) {
  return configured != 0 ? configured : static_cast<std::int64_t>(rule.size());
}

RouteTable::RouteTable(std::vector<Entry> entries) {
  std::erase_if(entries, [](const Entry& entry) { return entry.matcher == nullptr; });
  std::ranges::sort(entries, [](const Entry& a, const Entry& b) {
    return std::tie(b.priority, a.name, a.index) < std::tie(a.priority, b.name, b.index);
  });
  routes_.reserve(entries.size());
  for (Entry& entry : entries) {
    file(static_cast<std::uint32_t>(routes_.size()), *entry.matcher);
    routes_.push_back({entry.index, std::move(entry.matcher)});
  }
}

void RouteTable::file(std::uint32_t position, const Matcher& matcher) {
  const std::optional<RequiredHosts>& hosts = matcher.required_hosts();
  if (!hosts) {
    general_.push_back(position);
    return;
  }
  for (const std::string& host : hosts->exact) exact_[host].push_back(position);
  for (const std::string& suffix : hosts->wildcard) wildcard_[suffix].push_back(position);
}

std::optional<std::uint32_t> RouteTable::match(const http::RequestHead& request, const config::IpAddress& peer) const {
  std::array<Positions, 3> lists{find(exact_, request.host), Positions(), Positions(general_)};
  if (const std::size_t dot = request.host.find('.'); dot != std::string_view::npos && !wildcard_.empty()) {
    lists[1] = find(wildcard_, request.host.substr(dot + 1));
  }
  for (std::uint32_t position = take_first(lists); position != kNone; position = take_first(lists)) {
    const Route& route = routes_[position];
    if (route.matcher->matches(request, peer)) return route.index;
  }
  return std::nullopt;
}

}  // namespace mooring::routing
