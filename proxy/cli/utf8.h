// Whether bytes are UTF-8 (RFC 3629: no surrogates, no longer form than needed, nothing above U+10FFFF). Pure function.
#pragma once

#include <string_view>

namespace mooring::cli {

bool is_utf8(std::string_view text);

}  // namespace mooring::cli
