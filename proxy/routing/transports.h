// The servers transports of a snapshot: each service's own, or the default one of the static options.
//
// An equal transport is the previous snapshot's own object, so that the connections which were pooled for it go on
// being used. Control loop only. Source: compat page, section 3.6.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "proxy/config/merge.h"
#include "proxy/config/options.h"
#include "proxy/upstream/transport.h"

namespace mooring::routing {

inline constexpr std::string_view kDefaultTransport = "default@internal";

using Transports = std::map<std::string, upstream::TransportPtr>;  // by qualified name; null: it is broken

// All there are, the default one among them.
Transports build_transports(const config::Merged& merged, const config::Options& options, const Transports* previous);

// The transport that a service names, or null with what is wrong in `why`.
upstream::TransportPtr transport_of(const config::MergedService& service, const config::Merged& merged,
                                    const Transports& transports, std::string& why);

}  // namespace mooring::routing
