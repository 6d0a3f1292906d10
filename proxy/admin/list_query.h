// The parameters of Traefik's lists: page, per_page, search, status, serviceName, middlewareName, sortBy, direction.
//
// What Traefik does not understand it passes over, but for the two numbers; its words for those are kept. Values only;
// any thread. Source: traefik-compat 7.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace mooring::admin {

struct ListQuery {
  std::string page;
  std::string per_page;
  std::string search;
  std::string status;
  std::string service;
  std::string middleware;
  std::string sort_by;
  bool descending = false;

  bool has_status(std::string_view name) const;
  // In any of the texts, whatever its case.
  bool found_in(std::string_view text) const;
  // `name` as a router wrote it.
  bool uses_service(std::string_view name) const;
  bool uses_middleware(const std::vector<std::string>& names) const;
};

// `query`: what stands behind "?".
ListQuery parse_list_query(std::string_view query);

struct Page {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t next = 1;  // X-Next-Page: 1 when there is none
};

// The error is Traefik's text.
std::expected<Page, std::string> page_of(const ListQuery& query, std::size_t total);

}  // namespace mooring::admin
