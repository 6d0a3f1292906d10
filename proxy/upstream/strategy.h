// The strategies that look at the endpoints of the moment: which of those that may take a request gets it.
//
// Pure choices over a list of candidates; who is one (ready, not tried yet, weight above 0) is the balancer's business.
// Weighted round robin is not here: its schedule is the balancer's own. Any thread. Source: compat page, section 3.2;
// `leastconn` is ours.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "proxy/config/dynamic.h"
#include "proxy/upstream/server.h"

namespace mooring::upstream {

// `candidates`: indices into `servers`, never empty. `turn`: a number that grows with each choice of the service, which
// decides between equals. `client`: the address of the TCP peer, without its port.
std::uint32_t pick(config::Strategy strategy, const std::vector<Server>& servers,
                   std::span<const std::uint32_t> candidates, std::uint32_t turn, std::string_view client);

}  // namespace mooring::upstream
