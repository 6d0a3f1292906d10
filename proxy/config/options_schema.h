// The schema of the static configuration: one table of every key that Traefik 3.7 knows, and our own.
//
// Each key has a kind and a status; from the table grows a tree in which files and flags look their keys up, without
// regard to case. Nothing here reads or keeps values. Immutable once built (on first use); any thread.
// Source: Traefik's static configuration reference; compat 1.1, 3.6, 5.3, 6.2 and 8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mooring::config {

enum class OptionKind {
  section,     // keys below it, no value of its own
  toggle,      // a section that may also be switched on by itself: `--ping`, `ping: {}`
  boolean,     // false unless it is said
  on_boolean,  // true unless it is said
  integer,
  number,
  text,
  duration,
  list,      // of texts
  objects,   // a list of sections: domains[0].main
  names,     // free names with a text each: header names
  anything,  // whatever stands below it
};

enum class OptionStatus {
  done,
  accepted,  // read, and of no effect here by design: no word about it
  known,     // Traefik has it, this version does not: one warning
  guarded,   // as known, but to go on without it could widen access: the entry point stays closed
  removed,   // of Traefik 1 or 2: an error that says what takes its place
};

struct OptionNode {
  std::string name;     // in its proper case; "*" where the user chooses the name
  std::string pattern;  // the full key: "entryPoints.*.address"
  OptionKind kind = OptionKind::section;
  OptionStatus status = OptionStatus::done;
  bool uniform = false;   // everything below has this same status: one message is enough
  std::string_view note;  // of removed keys: what to do
  std::vector<OptionNode> children;

  // The child with this name in any case; else the one that takes any name; else nullptr.
  const OptionNode* find(std::string_view child) const;
};

// The tree's root; its children are the top-level keys.
const OptionNode& option_schema();

// Every key that can hold a value, in the table's order.
std::vector<const OptionNode*> option_leaves();

// Whether `key` is that section itself, or stands in it: "log" and "log.level" in "log", "logs" not.
bool below(std::string_view key, std::string_view section);

}  // namespace mooring::config
