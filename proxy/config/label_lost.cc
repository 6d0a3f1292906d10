#include "proxy/config/label_lost.h"

#include <algorithm>
#include <array>
#include <utility>

#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

using OwnerKind = KeyOwner::Kind;

constexpr std::size_t kShortestGluedName = 3;  // a shorter one ends too many words by chance
constexpr std::size_t kLongestGluedName = 64;  // bounds the work; longer names are found only where the key is right

struct Collection {
  OwnerKind kind;
  std::string_view name;
};

constexpr std::array<Collection, 3> kCollections{{{OwnerKind::http_router, "routers"},
                                                  {OwnerKind::http_middleware, "middlewares"},
                                                  {OwnerKind::http_service, "services"}}};

// The fields that a router, service or middleware has.
const SchemaNode& fields_of(std::string_view collection) {
  return *schema().field("http")->field(collection)->any();
}

bool starts_with_field(std::string_view text, const SchemaNode& fields) {
  return std::ranges::any_of(fields.children, [&](const SchemaNode& field) {
    return text.size() >= field.name.size() && equal_fold(text.substr(0, field.name.size()), field.name);
  });
}

// The longest known name that `before` ends with: a whole segment, or glued to what stands before it.
std::optional<KeyOwner> owner_at_end(std::string_view before, OwnerKind kind,
                                     const std::function<bool(const KeyOwner&)>& known) {
  const std::string_view segment = before.substr(before.rfind('.') + 1);  // names hold no dots
  const std::size_t first = segment.size() > kLongestGluedName ? segment.size() - kLongestGluedName : 0;
  for (std::size_t at = first; at < segment.size(); ++at) {
    if (at > 0 && segment.size() - at < kShortestGluedName) break;
    KeyOwner owner{kind, std::string{segment.substr(at)}};
    if (known(owner)) return owner;
  }
  return std::nullopt;
}

}  // namespace

std::optional<LostKey> find_lost_owner(std::string_view label, const std::function<bool(const KeyOwner&)>& known) {
  for (const Collection& collection : kCollections) {
    const SchemaNode& fields = fields_of(collection.name);
    const std::string stem = "traefik.http." + std::string{collection.name} + ".";
    for (std::size_t at = 1; at < label.size(); ++at) {
      const std::string_view field = label.substr(at);
      if (!starts_with_field(field, fields)) continue;
      if (!is_label_key(stem + "x." + std::string{field})) continue;
      // With the character before it, which should be a dot, and without: "web.rule", "web_rule", "webrule".
      for (const std::size_t skipped : {std::size_t{1}, std::size_t{0}}) {
        auto owner = owner_at_end(label.substr(0, at - skipped), collection.kind, known);
        if (!owner) continue;
        std::string canonical = stem + owner->name + "." + ascii_lower(field);
        return LostKey{std::move(*owner), std::move(canonical)};
      }
    }
  }
  return std::nullopt;
}

}  // namespace mooring::config
