// Resolved options put into the draft: each value read by its kind, each bad one a Problem with what was expected.
//
// One table from key to field; what depends on several keys at once is options_reader's and options_entry_points'.
// Pure; any thread.
#pragma once

#include <string_view>
#include <vector>

#include "proxy/config/options_draft.h"
#include "proxy/config/options_resolve.h"

namespace mooring::config {

// Later calls win over earlier ones, key by key: file first, then flags.
void apply_options(const std::vector<ResolvedOption>& options, OptionsDraft& draft, Problems& problems);

// The keys (as in the schema) that apply_options knows what to do with. For the test that none is forgotten.
std::vector<std::string_view> applied_keys();

}  // namespace mooring::config
