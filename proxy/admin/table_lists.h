// /api/http/routers, services and middlewares: one page of what a query asks for.
//
// Rows are chosen and ordered as pointers into the table, and only those of the page become JSON: a page of a large
// table costs one pass over it. Pure; any thread. Source: traefik-compat 7.
#pragma once

#include <expected>
#include <string>

#include "proxy/admin/list_query.h"
#include "proxy/admin/table_view.h"
#include "proxy/config/options.h"

namespace mooring::admin {

struct ListPage {
  std::string text;
  std::size_t next = 1;
};

// The error is the text of a 400.
using ListAnswer = std::expected<ListPage, std::string>;

ListAnswer router_list(const TableView& view, const ListQuery& query);
ListAnswer service_list(const TableView& view, const ListQuery& query);
ListAnswer middleware_list(const TableView& view, const ListQuery& query);
ListAnswer entry_point_list(const config::Options& options, const ListQuery& query);
// Of what there is none of: TCP, UDP, certificates.
ListAnswer empty_list(const ListQuery& query);

}  // namespace mooring::admin
