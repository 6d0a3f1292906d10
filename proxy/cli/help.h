// The text of `mooring --help`: every command with an example, where the options come from, and the exit codes.
#pragma once

#include <string_view>

namespace mooring::cli {

std::string_view help_text();

}  // namespace mooring::cli
