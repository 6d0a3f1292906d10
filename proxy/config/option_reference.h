// docs/options-reference.md, made from the schema: every static key with its type, its default and whether it is done.
//
// Printed by `mooring docs options`; a test compares it with what is committed. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace mooring::config {

std::string option_reference();

// What a key that is done is for, in a few words; empty when the table has none.
std::string_view option_purpose(std::string_view pattern);

}  // namespace mooring::config
