// A dynamic file's text read whole: YAML or TOML, then the schema, then a Fragment.
//
// What is not one readable text is refused as a whole, so that the caller can keep what the file said before; what is
// wrong in a readable one breaks only itself. Go templates are known to Traefik and not done here. Pure; any thread.
// Source: design, section 7; compat page, sections 2 to 4.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/file_decoder.h"
#include "proxy/config/value_tree.h"

namespace mooring::config {

inline constexpr std::size_t kMostFileValues = 5'000'000;  // 50,000 routers have some 400,000
// How many values a file may have: as many as its text can hold, which is two bytes for each, and in a short one some
// more. What goes beyond that only aliases make, of next to nothing.
std::size_t most_values(std::string_view text);

struct DynamicFile {
  std::optional<Fragment> fragment;  // none: the text cannot be read
  Problems problems;                 // why; those of a readable file are in the fragment
  bool plain = false;                // plain YAML (value_tree_plain.h)
};

// `file` is the name that Problems give, and the fragment's id; its ending says how it is read. `in_force` is what the
// Problems of an unreadable text say is in force instead.
DynamicFile read_dynamic_file(std::string_view text, const std::string& file, const std::string& in_force);

// Every value of the tree with its path, in the order of the file.
std::vector<FileEntry> file_entries(const ValueTree& tree);

}  // namespace mooring::config
