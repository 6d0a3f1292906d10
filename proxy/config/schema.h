// The one table of Traefik's dynamic configuration: every key of http, tcp, udp and tls, and the labels of providers;
// and beside it the few keys of our own, whose root is `mooring`.
//
// Each entry has a path in Traefik's spelling, the type of its value, and how far this program goes with it. Labels are
// decoded from it now, files later; the label reference is generated from it. Segments of a path: a field name, `*` (a
// name the user chooses), `name[]` (a list of structs), `**` (the rest of the key is a name, dots included). Immutable
// once built (on first use); any thread. Holds no values. Source: compat page, sections 0, 2.1, 3, 4 and 8.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mooring::config {

enum class ValueType {
  text,
  boolean,
  integer,
  number,
  list,      // of texts: comma-separated in labels
  duration,  // seconds, or a Go duration
  toggle,    // a struct that `true` alone switches on, with its defaults (Traefik's allowEmpty)
  texts,     // a map of free names to texts
};

enum class Support {
  done,
  guards,    // known, not done, and may restrict or redirect access: what it belongs to is not served without it
  cosmetic,  // known, not done, and harmless to leave out: ignored with a warning
};

enum class Form {
  any,
  label,  // labels only: `server.port`, provider labels
  file,   // files only: Traefik ignores it in labels
};

struct SchemaEntry {
  std::string_view path;
  ValueType type = ValueType::text;
  Support support = Support::guards;
  Form form = Form::any;
};

// A place in the tree that grows from the table. Inner nodes have no entry, except toggles (`tls`, `sticky.cookie`).
struct SchemaNode {
  enum class Kind { field, any_name, any_rest };
  Kind kind = Kind::field;
  bool list = false;  // a list of structs: `domains[0]`
  std::string name;   // Traefik's spelling, without `[]`; empty for names the user chooses
  const SchemaEntry* entry = nullptr;
  std::vector<SchemaNode> children;

  const SchemaNode* field(std::string_view child) const;  // ASCII case ignored
  const SchemaNode* any() const;                          // the child that takes any name, or nullptr
};

// The parts of the table, and the whole of it.
std::span<const SchemaEntry> provider_label_entries();
std::span<const SchemaEntry> http_entries();
std::span<const SchemaEntry> middleware_entries();
std::span<const SchemaEntry> transport_entries();  // tcp, udp, tls
std::vector<const SchemaEntry*> schema_entries();
// Keys of our own: nothing of them stands below `traefik.`.
std::span<const SchemaEntry> own_entries();

// What is in force when the key is not given, for people: "30s", "required", "the server's". Never empty.
std::string_view default_of(const SchemaEntry& entry);
// The keys that default_of knows more of than their type; for its test.
std::vector<std::string_view> defaulted_paths();

// The root: its children are enable, docker, swarm, http, tcp, udp and tls.
const SchemaNode& schema();
// The root of our own keys: its child is http.
const SchemaNode& own_schema();

}  // namespace mooring::config
