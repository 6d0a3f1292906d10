#include "proxy/routing/route_table.h"

#include <array>
#include <optional>
#include <span>
#include <string>

#include "proxy/routing/route.h"

namespace mooring::routing {
namespace {

using List = std::span<const Candidate>;

List list_of(const Candidates* candidates) {
  return candidates == nullptr ? List() : List(*candidates);
}

// The first in the order of precedence at the front of the lists, taken off all that have it; null when all are empty.
const Candidate* take_first(std::array<List, 3>& lists) {
  const Candidate* first = nullptr;
  for (const List& list : lists) {
    if (list.empty()) continue;
    const Candidate& front = list.front();
    if (first == nullptr || front.priority > first->priority ||
        (front.priority == first->priority && name_before(front.route->name, first->route->name))) {
      first = &front;
    }
  }
  if (first == nullptr) return nullptr;
  for (List& list : lists) {
    if (!list.empty() && list.front().route == first->route) list = list.subspan(1);
  }
  return first;
}

}  // namespace

std::int64_t effective_priority(std::string_view rule, std::int64_t configured) {
  return configured != 0 ? configured : static_cast<std::int64_t>(rule.size());
}

const Route* RouteTable::match(const http::RequestHead& request, const config::IpAddress& peer) const {
  std::array<List, 3> lists{list_of(exact_.find(request.host)), List(),
                            general_ == nullptr ? List() : List(general_->candidates)};
  if (const std::size_t dot = request.host.find('.'); dot != std::string_view::npos && !wildcard_.empty()) {
    lists[1] = list_of(wildcard_.find(request.host.substr(dot + 1)));
  }
  while (const Candidate* candidate = take_first(lists)) {
    if (candidate->matcher->matches(request, peer)) return candidate->route;
  }
  return nullptr;
}

Candidates& RouteTable::own_general(config::Edition edition) {
  if (general_ == nullptr) {
    general_ = std::make_shared<General>();
  } else if (general_->edition != edition) {
    general_ = std::make_shared<General>(*general_);
  }
  general_->edition = edition;
  return general_->candidates;
}

void RouteTable::add(const Route& route, config::Edition edition) {
  if (route.matcher == nullptr) return;
  ++size_;
  const std::optional<RequiredHosts>& hosts = route.matcher->required_hosts();
  if (!hosts) return add_candidate(own_general(edition), route);
  for (const std::string& host : hosts->exact) exact_.add(host, route, edition);
  for (const std::string& suffix : hosts->wildcard) wildcard_.add(suffix, route, edition);
}

void RouteTable::drop(const Route& route, config::Edition edition) {
  if (route.matcher == nullptr) return;
  --size_;
  const std::optional<RequiredHosts>& hosts = route.matcher->required_hosts();
  if (!hosts) return drop_candidate(own_general(edition), route);
  for (const std::string& host : hosts->exact) exact_.drop(host, route, edition);
  for (const std::string& suffix : hosts->wildcard) wildcard_.drop(suffix, route, edition);
}

}  // namespace mooring::routing
