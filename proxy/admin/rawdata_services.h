// The services of /api/rawdata: load balancers with their servers, and whether each is up.
//
// A service that is pooled into another one shows the servers of its own containers, as Traefik would; the one that has
// the pool shows all. Pure; any thread. Source: traefik-compat 7.
#pragma once

#include <string>
#include <string_view>

#include "proxy/admin/json_text.h"
#include "proxy/config/dynamic.h"
#include "proxy/routing/snapshot.h"

namespace mooring::admin {

// By qualified name, the internal ones that some router uses among them.
Json service_objects(const routing::Snapshot& snapshot);

// `cookie_name`: the one in force, which may be generated.
Json sticky_object(const config::StickyConfig& sticky, const std::string& cookie_name);

// As Go's omitempty.
template <typename T>
void add_unless_empty(Json& object, std::string_view key, T&& value) {
  if (!value.empty()) object[std::string(key)] = std::forward<T>(value);
}

}  // namespace mooring::admin
