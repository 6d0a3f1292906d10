// One dynamic file decoded: what Traefik would read from it, and what is wrong with it.
//
// From the same schema and by the same readings as labels, so that a key means the same in both; Problems have the
// file's name and line as their place. Nothing drops the whole file: a key that cannot be read breaks the router,
// service or middleware it belongs to. Pure: the file's text was read into a tree before (value_tree.h). Any thread.
// Source: compat page, sections 0, 2.1, 3 and 4; design, sections 7 and 11.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/label_decoder.h"

namespace mooring::config {

inline constexpr std::size_t kMostFileProblems = 500;  // of one file; the rest is counted in one more

// One value of a file, with its place.
struct FileEntry {
  enum class Kind {
    scalar,
    list,     // of scalars; `[]` has none
    nothing,  // null, or no value at all
    section,  // with nothing in it: `{}`
  };
  std::vector<std::string> path;  // {"http", "services", "web", "loadBalancer", "servers[0]", "url"}
  Kind kind = Kind::scalar;
  std::string value;
  std::vector<std::string> items;  // of a list
  int line = 0;
};

// `file` names the file in the Problems: "web.yml" gives "web.yml:12".
DecodedLabels decode_file(std::span<const FileEntry> entries, std::string_view file);

// The same as a fragment. Routers without a rule or a service are shown and not served.
Fragment file_fragment(std::span<const FileEntry> entries, std::string_view file);

}  // namespace mooring::config
