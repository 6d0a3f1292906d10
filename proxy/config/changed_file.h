// A dynamic file that was read before and has changed in places: only what changed is decoded again.
//
// A program that keeps thousands of routers in one file writes it anew for each of them. What this takes is what such
// files are made of: plain YAML (value_tree_plain.h), in which each router, service, middleware and servers transport
// of `http:` stands in lines of its own that mean the same wherever they stand. Anything else is left to
// read_dynamic_file, which comes to the same. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/config/dynamic.h"

namespace mooring::config {

// What `now` means, where `before` was read by the plain reader and meant `meant`. Nothing: it cannot be told from the
// difference (a Problem in either, a section besides `http`, a part that is not plain, more changed than stayed).
// `file` is the name that both have.
std::optional<Fragment> read_change(std::string_view before, const Fragment& meant, std::string_view now,
                                    const std::string& file);

}  // namespace mooring::config
