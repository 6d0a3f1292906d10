// The sentences of the label decoder's Problems: what is wrong with a key, what is in force instead, what was meant.
//
// Pure functions over a resolved key; names and keys are made printable here. Also here: whether a key of a service
// decides where requests go, because that decides what is in force. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "proxy/config/label_key.h"

namespace mooring::config {

inline constexpr std::string_view kIgnored = "the label is ignored";
inline constexpr std::string_view kServerInForce = "this server gets no request";

std::string router_in_force(std::string_view name);
std::string service_in_force(std::string_view name);
std::string middleware_in_force(std::string_view name);
std::string transport_in_force(std::string_view name);

// `did you mean "traefik.…"?`, or nothing.
std::string did_you_mean(const ResolvedKey& key);

// `no field "midlewares" in http.routers.<name>`: the first segment that leads nowhere, and where. `label` has a root.
std::string unknown_text(const ResolvedKey& key, std::string_view label);

// Is leaving out a key at or below `node` of a service more than cosmetic?
bool decides_address(const SchemaNode& node);

}  // namespace mooring::config
