#include "proxy/admin/traefik_api.h"

#include <array>
#include <optional>
#include <utility>

#include "proxy/admin/entry_point_object.h"
#include "proxy/admin/json_text.h"
#include "proxy/admin/list_query.h"
#include "proxy/admin/rawdata.h"
#include "proxy/admin/table_lists.h"
#include "proxy/admin/table_objects.h"

namespace mooring::admin {
namespace {

constexpr std::string_view kPlain = "text/plain; charset=utf-8";

ApiAnswer no_such_page() {
  return {.status = 404, .type = kPlain, .text = "404 page not found\n", .next_page = {}};
}

// What Traefik's errors look like: JSON that says it is text.
ApiAnswer refusal(std::uint16_t status, const std::string& message) {
  return {.status = status, .type = kPlain, .text = go_json({{"message", message}}), .next_page = {}};
}

ApiAnswer document(const Json& json) {
  return {.text = go_json(json), .next_page = {}};
}

ApiAnswer list(ListAnswer answer) {
  if (!answer) return refusal(400, answer.error());
  return {.text = std::move(answer->text), .next_page = std::to_string(answer->next)};
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// A segment of the path as text; "+" is itself there. Nothing: a broken escape.
std::optional<std::string> decoded(std::string_view segment) {
  std::string text;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '%') {
      text += segment[i];
      continue;
    }
    const int high = i + 2 < segment.size() ? hex(segment[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex(segment[i + 2]);
    if (low < 0) return std::nullopt;
    text += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return text;
}

struct Asked {
  const server::StatusSource& source;
  const TableView& view;
};

// One kind of thing: its list, and one of it.
struct Collection {
  std::string_view path;
  std::string_view noun;  // "router not found: …"
  ListAnswer (*all)(const Asked& asked, const ListQuery& query);
  std::optional<Json> (*one)(const Asked& asked, const std::string& name);
};

std::optional<Json> one_router(const Asked& asked, const std::string& name) {
  const routing::Route* route = asked.view.router(name);
  if (route == nullptr) return std::nullopt;
  return router_object(*route, Form::named);
}

std::optional<Json> one_service(const Asked& asked, const std::string& name) {
  const auto row = asked.view.service(name);
  if (!row) return std::nullopt;
  return service_object(*row, asked.view, Form::named);
}

std::optional<Json> one_middleware(const Asked& asked, const std::string& name) {
  const auto row = asked.view.middleware(name);
  if (!row) return std::nullopt;
  return middleware_object(*row, asked.view, Form::named);
}

std::optional<Json> one_entry_point(const Asked& asked, const std::string& name) {
  const auto& entry_points = asked.source.options().entry_points;
  const auto found = entry_points.find(name);
  if (found == entry_points.end()) return std::nullopt;
  return entry_point_object(found->first, found->second);
}

ListAnswer no_list(const Asked& /*asked*/, const ListQuery& query) {
  return empty_list(query);
}

std::optional<Json> none(const Asked& /*asked*/, const std::string& /*name*/) {
  return std::nullopt;
}

constexpr auto kCollections = std::to_array<Collection>({
    {"http/routers", "router", [](const Asked& asked, const ListQuery& q) { return router_list(asked.view, q); },
     one_router},
    {"http/services", "service", [](const Asked& asked, const ListQuery& q) { return service_list(asked.view, q); },
     one_service},
    {"http/middlewares", "middleware",
     [](const Asked& asked, const ListQuery& q) { return middleware_list(asked.view, q); }, one_middleware},
    {"entrypoints", "entry point",
     [](const Asked& asked, const ListQuery& q) { return entry_point_list(asked.source.options(), q); },
     one_entry_point},
    {"tcp/routers", "router", no_list, none},
    {"tcp/services", "service", no_list, none},
    {"tcp/middlewares", "middleware", no_list, none},
    {"udp/routers", "router", no_list, none},
    {"udp/services", "service", no_list, none},
    {"certificates", "certificate", no_list, none},
});

ApiAnswer one_of(const Collection& collection, const Asked& asked, std::string_view segment) {
  if (segment.empty() || segment.contains('/')) return no_such_page();
  const auto name = decoded(segment);
  if (!name) return refusal(400, "unable to decode the name \"" + std::string(segment) + "\"");
  const auto object = collection.one(asked, *name);
  if (!object) return refusal(404, std::string(collection.noun) + " not found: " + *name);
  return document(*object);
}

}  // namespace

ApiAnswer traefik_answer(const server::StatusSource& source, const TableView& view, std::string_view path,
                         std::string_view query) {
  if (path == "rawdata") return {.text = rawdata_text(view), .next_page = {}};
  if (path == "overview") return document(overview_document(view, source.options()));
  if (path == "version") {
    ApiAnswer answer = document(version_document(source));
    answer.type = "application/json; charset=UTF-8";
    return answer;
  }
  const Asked asked{.source = source, .view = view};
  for (const Collection& collection : kCollections) {
    if (!path.starts_with(collection.path)) continue;
    const std::string_view rest = path.substr(collection.path.size());
    if (rest.empty()) return list(collection.all(asked, parse_list_query(query)));
    if (rest.starts_with('/')) return one_of(collection, asked, rest.substr(1));
  }
  return no_such_page();
}

}  // namespace mooring::admin
