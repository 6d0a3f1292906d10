// Options as lines of text, for golden files: only what differs from the defaults, so that a case shows what it set.
//
// Used by the tests of the static options alone. Pure.
#pragma once

#include <string>

#include "proxy/config/options_reader.h"

namespace mooring::config {

// Lines "key = value" in a fixed order.
std::string options_text(const Options& options);

// The same, then one line a Problem, then "starts" or "does not start".
std::string result_text(const OptionsResult& result);

}  // namespace mooring::config
