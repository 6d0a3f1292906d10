// The plain part of YAML, read in one pass: block maps and lists of one-line texts, as programs write large files.
//
// yaml-cpp takes seconds for ten megabytes. What this reader understands it reads to the same tree, line numbers
// included; at the first thing that it does not (anchors, tags, flow style, block scalars, escapes, texts over several
// lines, a key twice, anything that is not ASCII, more than the limits allow) it gives up, and yaml-cpp reads the whole
// text and says what is wrong with it. Pure; any thread. Source: YAML 1.2, chapters 7.3.3 and 8.2.
#pragma once

#include <optional>
#include <string_view>

#include "proxy/config/value_tree.h"

namespace mooring::config {

// The tree, or nothing: not plain enough. Keys are compared as they are written.
std::optional<ValueTree> read_plain_yaml(std::string_view text, const TreeLimits& limits);

}  // namespace mooring::config
