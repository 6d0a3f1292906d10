// StickyCookie: a cookie of a route, what defines it, and how a Problem of it is told.
//
// Values that refer to the merged configuration: used at once, not kept. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/routing/route_draft.h"

namespace mooring::routing {

struct StickyCookie {
  const config::CookieConfig* config;
  std::string owner;  // qualified name of the middleware or service
  bool of_service;
  const std::vector<config::FragmentPtr>* origins;
};

// Those of a route: the middlewares' in their order, then the service's own.
std::vector<StickyCookie> sticky_cookies(const RouteDraft& draft, const config::Merged& merged);

// The key of the cookie's attribute as its provider has it: a label's, or a file's. Without a field: of all of it.
std::string sticky_key(const StickyCookie& cookie, std::string_view field);

// A warning where the cookie is defined.
config::Problem sticky_problem(std::string_view code, const StickyCookie& cookie, std::string_view field,
                               std::string text, std::string in_force, std::string fix);

}  // namespace mooring::routing
