// What can be said about rules without a request: which hosts they need, which rule hides another, what never matches.
//
// All answers are conservative: "no" or "not known" costs speed or a hint, a wrong "yes" would cost a route. Pure
// functions over values, any thread. Does not know priorities, entry points or routers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proxy/routing/rule.h"

namespace mooring::routing {

// A request that matches has one of these hosts. Both lists sorted and without duplicates.
struct RequiredHosts {
  std::vector<std::string> exact;
  std::vector<std::string> wildcard;  // "example.com" for *.example.com

  std::size_t size() const { return exact.size() + wildcard.size(); }
  bool operator==(const RequiredHosts&) const = default;
};

// Nothing: the rule may match whatever the host is.
std::optional<RequiredHosts> required_hosts(const Rule& rule);

// Whether every request that `hidden` matches is one that `front` matches too, so that `hidden` gets nothing when
// `front` has precedence on the same entry points. False when that cannot be shown quickly.
bool shadows(const Rule& front, const Rule& hidden);

// Parts that are well formed but can match no request, one sentence each: "Host(`a:80`) never matches: …".
std::vector<std::string> remarks(const Rule& rule);

}  // namespace mooring::routing
