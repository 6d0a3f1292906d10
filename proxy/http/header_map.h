// The fields of a message's head, in their order, as views into the exchange's arena.
//
// Names are compared without regard to case (RFC 9110 section 5.1). The names a proxy looks for have a FieldId, found
// once when a field is added, so that every later look-up is a comparison of bytes. The map owns nothing: its array and
// its bytes are the arena's, which must outlive it. One thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "proxy/http/arena.h"

namespace mooring::http {

enum class FieldId : std::uint8_t {
  other,
  accept_encoding,
  authorization,
  cache_control,
  connection,
  content_length,
  content_type,
  cookie,
  date,
  expect,
  host,
  keep_alive,
  proxy_authenticate,
  proxy_authorization,
  proxy_connection,
  referer,
  retry_after,
  sec_websocket_key,
  server,
  set_cookie,
  te,
  trailer,
  transfer_encoding,
  upgrade,
  user_agent,
  www_authenticate,
  x_forwarded_for,
  x_forwarded_host,
  x_forwarded_method,
  x_forwarded_port,
  x_forwarded_prefix,
  x_forwarded_proto,
  x_forwarded_server,
  x_forwarded_tls_client_cert,
  x_forwarded_tls_client_cert_info,
  x_forwarded_uri,
  x_mooring_drain,
  x_real_ip,
  x_traefik_router,
};

// The id of a name in any case; `other` when it is none of the above.
FieldId field_id(std::string_view name);
// The canonical spelling ("X-Forwarded-For"); empty for `other`.
std::string_view field_name(FieldId id);

bool equal_ignoring_case(std::string_view a, std::string_view b);

struct Field {
  std::string_view name;
  std::string_view value;
  FieldId id = FieldId::other;
};

class HeaderMap {
 public:
  explicit HeaderMap(Arena& arena) : arena_(&arena) {}

  // `name` and `value` must live in the arena (or be static); they are not copied.
  void add(std::string_view name, std::string_view value) { push({name, value, field_id(name)}); }
  void add(FieldId id, std::string_view value) { push({field_name(id), value, id}); }
  // Replaces the first field of that id and drops the others; adds it when there is none.
  void set(FieldId id, std::string_view value);

  // The first of them, or null. The pointer is good until the next add.
  const Field* find(FieldId id) const;
  const Field* find(std::string_view name) const;
  std::string_view value(FieldId id) const;  // empty when absent
  std::size_t count(FieldId id) const;

  void remove(FieldId id) {
    remove_if([id](const Field& field) { return field.id == id; });
  }
  void remove(std::string_view name);
  template <typename Predicate>
  void remove_if(Predicate drop) {
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < size_; ++i) {
      if (!drop(fields_[i])) fields_[kept++] = fields_[i];
    }
    size_ = kept;
  }

  Field* begin() { return fields_; }
  Field* end() { return fields_ + size_; }
  const Field* begin() const { return fields_; }
  const Field* end() const { return fields_ + size_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // Forgets all fields; the array stays the arena's until that is cleared.
  void clear() {
    fields_ = nullptr;
    size_ = capacity_ = 0;
  }
  Arena& arena() const { return *arena_; }

 private:
  void push(Field field);

  Arena* arena_;
  Field* fields_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

}  // namespace mooring::http
