// Traefik's read-only API over the table: which path shows what, and what is said when there is no such thing.
//
// A function from a path and a query to an answer: the handler (api_handler.h) speaks HTTP, and may ask for it off the
// worker's loop. Any thread. Source: traefik-compat 7.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/admin/table_view.h"
#include "proxy/server/status_source.h"

namespace mooring::admin {

struct ApiAnswer {
  std::uint16_t status = 200;
  std::string_view type = "application/json";
  std::string text;
  std::string next_page;  // of a list: X-Next-Page
};

// `path`: what stands behind "/api/", percent-encoded; `query`: behind "?".
ApiAnswer traefik_answer(const server::StatusSource& source, const TableView& view, std::string_view path,
                         std::string_view query);

}  // namespace mooring::admin
