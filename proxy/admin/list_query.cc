#include "proxy/admin/list_query.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <format>
#include <limits>
#include <system_error>

#include "proxy/routing/query_parameters.h"

namespace mooring::admin {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The first parameter of that name, as Go's url.Values.Get.
std::string first_of(std::string_view query, std::string_view name) {
  std::string found;
  routing::query_any(query, name, [&found](std::string_view value) {
    found = value;
    return true;
  });
  return found;
}

std::expected<std::int64_t, std::string> number(const std::string& text, std::string_view name, std::int64_t unset) {
  if (text.empty()) return unset;
  std::int64_t value = 0;
  const char* first = text.data() + (text.starts_with('+') && !text.starts_with("+-") ? 1 : 0);
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(first, last, value);
  if (error == std::errc() && end == last && value > 0) return value;
  // What Go's Atoi leaves behind is shown: 0 for what is no number, the nearest one for what is too large.
  if (end != last || error == std::errc::invalid_argument) value = 0;
  if (end == last && error == std::errc::result_out_of_range) {
    value = text.starts_with('-') ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  }
  return std::unexpected(std::format("invalid request: {}: {}", name, value));
}

}  // namespace

bool ListQuery::has_status(std::string_view name) const {
  return status.empty() || std::ranges::equal(status, name, {}, lower, lower);
}

bool ListQuery::found_in(std::string_view text) const {
  return search.empty() || !std::ranges::search(text, search, {}, lower, lower).empty();
}

bool ListQuery::uses_service(std::string_view name) const {
  if (service.empty()) return true;
  if (name.contains('@')) return service == name;
  return std::string_view(service).substr(0, service.find('@')) == name;
}

bool ListQuery::uses_middleware(const std::vector<std::string>& names) const {
  return middleware.empty() || std::ranges::find(names, middleware) != names.end();
}

ListQuery parse_list_query(std::string_view query) {
  ListQuery list;
  list.page = first_of(query, "page");
  list.per_page = first_of(query, "per_page");
  list.search = first_of(query, "search");
  list.status = first_of(query, "status");
  list.service = first_of(query, "serviceName");
  list.middleware = first_of(query, "middlewareName");
  list.sort_by = first_of(query, "sortBy");
  const std::string direction = first_of(query, "direction");
  list.descending = !direction.empty() && direction != "asc";
  return list;
}

std::expected<Page, std::string> page_of(const ListQuery& query, std::size_t total) {
  constexpr std::int64_t kPerPage = 100;
  const auto per_page = number(query.per_page, "per_page", kPerPage);
  if (!per_page) return std::unexpected(per_page.error());
  const auto page = number(query.page, "page", 1);
  if (!page) return std::unexpected(page.error());
  const auto size = static_cast<std::uint64_t>(*per_page);
  const auto before = static_cast<std::uint64_t>(*page - 1);
  if (before != 0 && before > (total == 0 ? 0 : (total - 1) / size)) {
    return std::unexpected(std::format("invalid request: page: {}, per_page: {}", *page, *per_page));
  }
  Page result;
  result.begin = before * size;
  result.end = size >= total - result.begin ? total : result.begin + size;
  if (result.end < total) result.next = before + 2;
  return result;
}

}  // namespace mooring::admin
