// YAML or TOML text as one plain tree: what a file says, before anybody asks what its keys mean.
//
// The static options and the dynamic files are read through it. Hostile and broken text ends as Problems with file and
// line, never as an exception: encoding, depth, number of values (what aliases repeat is counted each time), aliases
// that contain themselves and duplicate keys are checked here; merge keys ("<<") are followed. Scalars stay text: who
// knows the key knows the kind. Plain comparable values; pure functions; any thread.
// Source: YAML 1.2 by yaml-cpp, TOML 1.0 by toml++.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/problem.h"

namespace mooring::config {

enum class ValueShape {
  empty,   // nothing, null, or "~"
  scalar,  // one text
  list,
  map,
};

struct ValueTree {
  ValueShape shape = ValueShape::empty;
  std::string key = {};               // as it was written; of a map's members alone
  std::string text = {};              // of a scalar: "true", "10s", "8080", whatever it was written as
  std::vector<ValueTree> children{};  // a list's items, or a map's members in the order of the file
  int line = 0;                       // where the key or the item stands, from 1

  // The member with this key in any case, or nullptr.
  const ValueTree* find(std::string_view member) const;
  // This value and everything below it.
  std::size_t values() const;
  bool operator==(const ValueTree&) const = default;
};

struct TreeLimits {
  std::size_t depth = 24;       // the deepest key of Traefik's has nine levels
  std::size_t values = 20'000;  // what an alias bomb multiplies
  bool fold_case = true;        // keys that differ in case alone are one key, said twice
  std::string in_force = {};    // of the Problems: what is in force instead of the text
};

struct TreeReading {
  ValueTree tree;      // empty when the text is refused as a whole
  Problems problems;   // all of them errors; O005 broken text, O008 a key twice (the first one counts)
  bool plain = false;  // read by the reader of plain YAML
};

enum class TextFormat { yaml, toml };

// By the ending of a file's name, in any case: .yml, .yaml, .toml.
std::optional<TextFormat> text_format(std::string_view path);

// `file` is the name that Problems give.
TreeReading read_yaml_tree(std::string_view text, const std::string& file, const TreeLimits& limits);
TreeReading read_toml_tree(std::string_view text, const std::string& file, const TreeLimits& limits);
TreeReading read_tree(TextFormat format, std::string_view text, const std::string& file, const TreeLimits& limits);

}  // namespace mooring::config
