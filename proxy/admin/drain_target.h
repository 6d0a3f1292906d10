// Whom a person means: the container, or the one endpoint, that a name stands for.
//
// A container's name, its Compose name (`shop/web-1`), `service/endpoint`, or the beginning of a container's id; in
// this order, the first that fits counts. What fits nobody or more than one is refused with the candidates. Reads a
// table and the orders in force (a container that was stopped is in no table); pure.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/routing/snapshot.h"
#include "proxy/server/drain_orders.h"

namespace mooring::admin {

struct NoTarget {
  std::uint16_t status;  // 404: nobody is called so, 409: several are
  std::string text;      // for people, may have several lines, ends with a line feed
};

// `table` may be null.
std::expected<server::DrainTarget, NoTarget> find_drain_target(const routing::Snapshot* table,
                                                               const std::vector<server::DrainView>& orders,
                                                               std::string_view name);

// Whether the container, or the endpoint, with this id runs: what ended a moment ago is in the table still.
bool is_running(const routing::Snapshot* table, const std::string& id);

}  // namespace mooring::admin
