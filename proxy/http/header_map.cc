#include "proxy/http/header_map.h"

#include <algorithm>
#include <array>
#include <memory>

namespace mooring::http {
namespace {

constexpr std::size_t kFieldCount = static_cast<std::size_t>(FieldId::x_traefik_router) + 1;

// In the order of FieldId.
constexpr std::array<std::string_view, kFieldCount> kNames = {
    "",
    "Accept-Encoding",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Content-Length",
    "Content-Type",
    "Cookie",
    "Date",
    "Expect",
    "Host",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "Referer",
    "Retry-After",
    "Sec-WebSocket-Key",
    "Server",
    "Set-Cookie",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "WWW-Authenticate",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Method",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Forwarded-Tls-Client-Cert",
    "X-Forwarded-Tls-Client-Cert-Info",
    "X-Forwarded-Uri",
    "X-Mooring-Drain",
    "X-Real-Ip",
    "X-Traefik-Router",
};

constexpr std::size_t kLongest = 32;

// Ids sorted by the length of their names, and where each length begins: a look-up compares two or three names at most.
struct ByLength {
  std::array<std::uint8_t, kFieldCount> ids{};
  std::array<std::uint8_t, kLongest + 2> begin{};
};

constexpr ByLength index_by_length() {
  ByLength index;
  std::uint8_t at = 0;
  for (std::size_t length = 0; length <= kLongest; ++length) {
    index.begin[length] = at;
    for (std::size_t id = 1; id < kFieldCount; ++id) {
      if (kNames[id].size() == length) index.ids[at++] = static_cast<std::uint8_t>(id);
    }
  }
  index.begin[kLongest + 1] = at;
  return index;
}

constexpr ByLength kByLength = index_by_length();
static_assert(kByLength.begin[kLongest + 1] == kFieldCount - 1, "a field name is longer than kLongest");

constexpr std::array<char, 256> lower_table() {
  std::array<char, 256> table{};
  for (int c = 0; c < 256; ++c) {
    table[static_cast<std::size_t>(c)] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
  }
  return table;
}

constexpr std::array<char, 256> kLower = lower_table();

char lower(char c) {
  return kLower[static_cast<unsigned char>(c)];
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

FieldId field_id(std::string_view name) {
  if (name.size() > kLongest) return FieldId::other;
  for (std::size_t i = kByLength.begin[name.size()]; i < kByLength.begin[name.size() + 1]; ++i) {
    const std::uint8_t id = kByLength.ids[i];
    if (equal_ignoring_case(name, kNames[id])) return static_cast<FieldId>(id);
  }
  return FieldId::other;
}

std::string_view field_name(FieldId id) {
  return kNames[static_cast<std::size_t>(id)];
}

void HeaderMap::push(Field field) {
  if (size_ == capacity_) {
    constexpr std::uint32_t kFirst = 16;
    const std::uint32_t capacity = capacity_ == 0 ? kFirst : capacity_ * 2;
    auto* const grown = static_cast<Field*>(arena_->allocate(capacity * sizeof(Field), alignof(Field)));
    std::uninitialized_copy_n(fields_, size_, grown);
    fields_ = grown;
    capacity_ = capacity;
  }
  std::construct_at(fields_ + size_++, field);
}

void HeaderMap::set(FieldId id, std::string_view value) {
  bool found = false;
  remove_if([&](Field& field) {
    if (field.id != id) return false;
    if (found) return true;
    field.value = value;
    found = true;
    return false;
  });
  if (!found) add(id, value);
}

const Field* HeaderMap::find(FieldId id) const {
  const Field* const found = std::find_if(begin(), end(), [id](const Field& field) { return field.id == id; });
  return found == end() ? nullptr : found;
}

const Field* HeaderMap::find(std::string_view name) const {
  const FieldId id = field_id(name);
  if (id != FieldId::other) return find(id);
  const Field* const found = std::find_if(begin(), end(), [name](const Field& field) {
    return field.id == FieldId::other && equal_ignoring_case(field.name, name);
  });
  return found == end() ? nullptr : found;
}

std::string_view HeaderMap::value(FieldId id) const {
  const Field* const field = find(id);
  return field == nullptr ? std::string_view{} : field->value;
}

std::size_t HeaderMap::count(FieldId id) const {
  return static_cast<std::size_t>(std::count_if(begin(), end(), [id](const Field& field) { return field.id == id; }));
}

void HeaderMap::remove(std::string_view name) {
  const FieldId id = field_id(name);
  if (id != FieldId::other) return remove(id);
  remove_if([name](const Field& field) { return field.id == FieldId::other && equal_ignoring_case(field.name, name); });
}

}  // namespace mooring::http
