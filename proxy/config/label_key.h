// One label key looked up in the schema: what it means, or what it was probably meant to be.
//
// A key that is not in the schema is compared with all that is, segment by segment, so that a misspelt key still has an
// owner (the router it was meant for) and a suggestion. Nobody acts on a guess: it only says what must not be served
// and what to write instead. Pure functions, any thread. Source: compat page, section 0 (case, lists, free map keys).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/schema.h"

namespace mooring::config {

enum class KeyFit {
  foreign,     // not ours, nor near it: never spoken of
  exact,       // in the schema, spelt right (ASCII case ignored below the root)
  misspelt,    // not in the schema, and `canonical` is
  unknown,     // ours by its root, and nothing is near
  malformed,   // an empty segment, or one that starts with "["
  standalone,  // a struct that needs a key below it: `…retry`
  version_1,   // a label of Traefik 1; `canonical` says what to write now
};

// What a key belongs to. A key that cannot be read spoils its owner and nothing else.
struct KeyOwner {
  enum class Kind { none, enable, docker, http_router, http_service, http_middleware, http_transport, tcp_or_udp };
  Kind kind = Kind::none;
  std::string name;  // of the router, service or middleware, as it was written

  bool operator==(const KeyOwner&) const = default;
};

struct ResolvedKey {
  KeyFit fit = KeyFit::foreign;
  bool misspelt_root = false;            // "treafik.", "Traefik.": then `fit` is never exact
  bool own = false;                      // of our own keys, below "mooring.": never of version 1
  const SchemaEntry* entry = nullptr;    // of an exact key; of a misspelt one, what it was probably meant to be
  std::vector<const SchemaNode*> trail;  // the nodes along the key, as far as it could be followed
  std::vector<std::string> names;        // what the user chose: map names, and the rest of a key of a free map
  KeyOwner owner;
  std::string canonical;  // the whole key as it should be written; for version_1 what takes its place; may be empty

  // The field at `depth` of the trail ("http", "middlewares", "", "basicAuth"), or an empty view.
  std::string_view field_at(std::size_t depth) const;
};

ResolvedKey resolve_label_key(std::string_view key);

// The same for the place of a value in a file: {"http", "routers", "my.app", "rule"}. Items of a list of structs are
// written "servers[0]". Never foreign, nor of version 1; `canonical` has no root.
ResolvedKey resolve_file_path(std::span<const std::string> path);

// Whether the schema has this key: `resolve_label_key(key).fit == exact` without looking for what else it may mean.
bool is_label_key(std::string_view key);

}  // namespace mooring::config
