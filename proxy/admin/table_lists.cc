#include "proxy/admin/table_lists.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "proxy/admin/entry_point_object.h"
#include "proxy/admin/json_text.h"
#include "proxy/admin/status_routers.h"
#include "proxy/admin/table_objects.h"

namespace mooring::admin {
namespace {

// What rows are ordered by, before their names.
using Key = std::variant<std::int64_t, std::string>;

// `rows` by name; `key_of` null: that is the order.
template <typename Row, typename KeyOf>
void order(std::vector<Row>& rows, KeyOf key_of, const ListQuery& query) {
  if (key_of) {
    std::vector<std::pair<Key, Row>> keyed;
    keyed.reserve(rows.size());
    for (Row& row : rows) keyed.emplace_back(key_of(row), std::move(row));
    std::ranges::stable_sort(keyed, {}, &std::pair<Key, Row>::first);
    std::ranges::transform(keyed, rows.begin(), [](auto& entry) { return std::move(entry.second); });
  }
  // Descending, names are in the other order, too.
  if (query.descending) std::ranges::reverse(rows);
}

template <typename Row, typename ObjectOf>
ListAnswer paged(const std::vector<Row>& rows, const ListQuery& query, ObjectOf object_of) {
  const auto page = page_of(query, rows.size());
  if (!page) return std::unexpected(page.error());
  ListPage result;
  result.next = page->next;
  result.text = "[";
  for (std::size_t i = page->begin; i < page->end; ++i) {
    if (i > page->begin) result.text += ',';
    append_go_json(result.text, object_of(rows[i]));
  }
  result.text += "]\n";
  return result;
}

using RouterRow = const routing::Route*;

Key number(std::size_t value) {
  return static_cast<std::int64_t>(value);
}

Key text(std::string_view value) {
  return std::string(value);
}

Key (*router_key(std::string_view by))(const RouterRow&) {
  if (by == "provider") return [](const RouterRow& row) { return text(provider_of(row->name)); };
  if (by == "priority") return [](const RouterRow& row) { return Key(row->priority); };
  if (by == "status") return [](const RouterRow& row) { return text(to_string(row->status)); };
  if (by == "rule") return [](const RouterRow& row) { return text(row->config.rule); };
  if (by == "service") return [](const RouterRow& row) { return text(service_as_written(*row)); };
  if (by == "entryPoints") {
    return [](const RouterRow& row) {
      return number(row->config.entry_points.empty() ? row->entry_points.size() : row->config.entry_points.size());
    };
  }
  return nullptr;
}

struct CountedService {
  ServiceRow row;
  std::size_t servers = 0;
};

Key (*service_key(std::string_view by))(const CountedService&) {
  if (by == "type") return [](const CountedService& each) { return text(type_of(each.row)); };
  if (by == "servers") return [](const CountedService& each) { return number(each.servers); };
  if (by == "provider") return [](const CountedService& each) { return text(provider_of(each.row.name)); };
  if (by == "status") return [](const CountedService& each) { return text(status_of(each.row)); };
  return nullptr;
}

Key (*middleware_key(std::string_view by))(const MiddlewareRow&) {
  if (by == "type") return [](const MiddlewareRow& row) { return text(type_of(row)); };
  if (by == "provider") return [](const MiddlewareRow& row) { return text(provider_of(row.name)); };
  if (by == "status") return [](const MiddlewareRow& row) { return text(status_of(row)); };
  return nullptr;
}

bool keeps(const ListQuery& query, const routing::Route& route) {
  return query.has_status(to_string(route.status)) &&
         (query.found_in(route.config.rule) || query.found_in(route.name)) &&
         (query.service.empty() || query.uses_service(service_as_written(route))) &&
         query.uses_middleware(route.config.middlewares);
}

}  // namespace

ListAnswer router_list(const TableView& view, const ListQuery& query) {
  std::vector<RouterRow> rows;
  view.each_router([&](const routing::Route& route) {
    if (keeps(query, route)) rows.push_back(&route);
  });
  order(rows, router_key(query.sort_by), query);
  return paged(rows, query, [](const RouterRow& row) { return router_object(*row, Form::named); });
}

ListAnswer service_list(const TableView& view, const ListQuery& query) {
  std::vector<CountedService> rows;
  const bool count = query.sort_by == "servers";
  view.each_service([&](const ServiceRow& row) {
    if (!query.has_status(status_of(row)) || !query.found_in(row.name)) return;
    rows.push_back({row, count && row.service != nullptr ? view.servers(*row.service).size() : 0});
  });
  order(rows, service_key(query.sort_by), query);
  return paged(rows, query, [&](const CountedService& each) { return service_object(each.row, view, Form::named); });
}

ListAnswer middleware_list(const TableView& view, const ListQuery& query) {
  std::vector<MiddlewareRow> rows;
  view.each_middleware([&](const MiddlewareRow& row) {
    if (query.has_status(status_of(row)) && query.found_in(row.name)) rows.push_back(row);
  });
  order(rows, middleware_key(query.sort_by), query);
  return paged(rows, query, [&](const MiddlewareRow& row) { return middleware_object(row, view, Form::named); });
}

ListAnswer entry_point_list(const config::Options& options, const ListQuery& query) {
  // Traefik neither chooses nor orders these.
  std::vector<const std::pair<const std::string, config::EntryPointOptions>*> rows;
  rows.reserve(options.entry_points.size());
  for (const auto& entry : options.entry_points) rows.push_back(&entry);
  return paged(rows, query, [](const auto* entry) { return entry_point_object(entry->first, entry->second); });
}

ListAnswer empty_list(const ListQuery& query) {
  return paged(std::vector<RouterRow>(), query, [](RouterRow) { return Json::object(); });
}

}  // namespace mooring::admin
