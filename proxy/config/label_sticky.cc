#include "proxy/config/label_sticky.h"

#include <algorithm>

#include "proxy/config/go_values.h"
#include "proxy/config/ip.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// What may stand in `Path=`: RFC 6265 section 4.1.1, any character but controls and ";".
bool is_cookie_path(std::string_view path) {
  return path.starts_with('/') && std::ranges::all_of(path, [](char c) { return c >= 0x20 && c < 0x7f && c != ';'; });
}

bool is_domain_label(std::string_view label) {
  constexpr std::size_t kLongestLabel = 63;  // RFC 1035 section 2.3.4
  if (label.empty() || label.size() > kLongestLabel || label.front() == '-' || label.back() == '-') return false;
  return std::ranges::all_of(label, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

// A host name with a letter in it, or an IPv4 address: what browsers and Go's net/http take.
bool is_cookie_domain(std::string_view domain) {
  constexpr std::size_t kLongestName = 255;
  if (domain.empty() || domain.size() > kLongestName) return false;
  if (const auto ip = IpAddress::parse(domain)) return !ip->v6;
  if (std::ranges::none_of(domain, is_letter)) return false;
  for (;;) {
    const auto dot = domain.find('.');
    if (!is_domain_label(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

std::string read_bool(bool& target, std::string_view value) {
  const auto parsed = parse_bool(value);
  if (!parsed) return "true or false";
  target = *parsed;
  return {};
}

std::string take_toggle(std::optional<bool>& target, std::string_view value) {
  target = parse_toggle(value);
  return target ? "" : "true or false";
}

std::string take_same_site(std::string& target, std::string_view value) {
  const std::string lower = ascii_lower(value);
  if (lower != "none" && lower != "lax" && lower != "strict" && !lower.empty()) return "none, lax or strict";
  target = lower;
  return {};
}

std::string take_max_age(std::int64_t& target, std::string_view value) {
  const auto parsed = parse_int(value);
  if (!parsed) return "a number of seconds";
  target = *parsed;
  return {};
}

std::string take_path(std::string& target, std::string_view value) {
  if (!is_cookie_path(value)) return "a path that starts with /";
  target = value;
  return {};
}

std::string take_domain(std::string& target, std::string_view value) {
  if (value.starts_with('.')) value.remove_prefix(1);
  if (!is_cookie_domain(value)) return "a host name";
  target = value;
  return {};
}

}  // namespace

std::optional<bool> parse_toggle(std::string_view value) {
  if (value.empty() || equal_fold(value, "true")) return true;
  if (equal_fold(value, "false")) return false;
  const auto parsed = parse_bool(value);
  return parsed && !*parsed ? std::optional{false} : std::nullopt;
}

std::string StickyLabels::take(std::string_view field, std::string_view value) {
  if (field == "sticky") return take_toggle(sticky, value);
  if (field == "cookie") return take_toggle(cookie, value);
  has_fields = true;
  if (field == "secure") return read_bool(fields.secure, value);
  if (field == "httpOnly") return read_bool(fields.http_only, value);
  if (field == "sameSite") return take_same_site(fields.same_site, value);
  if (field == "maxAge") return take_max_age(fields.max_age, value);
  if (field == "path") return take_path(fields.path, value);
  if (field == "domain") return take_domain(fields.domain, value);
  fields.name = value;  // made fit for a cookie where the cookie is written (compat 3.3)
  return {};
}

std::optional<StickyConfig> StickyLabels::settled() const {
  if (sticky == false || cookie == false) return std::nullopt;
  if (!has_fields && !cookie && !alone()) return std::nullopt;
  return StickyConfig{fields};
}

}  // namespace mooring::config
