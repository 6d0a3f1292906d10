// Findings as text for people, JSON, SARIF 2.1.0 for code scanning, and GitHub workflow commands.
//
// What findings hold was made printable where they were made; here it is escaped for its format. Pure; any thread.
// Source: SARIF 2.1.0 (OASIS); GitHub, "Workflow commands".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/cli/check.h"

namespace mooring::cli {

enum class CheckFormat { text, json, sarif, github };

std::optional<CheckFormat> check_format(std::string_view name);

// With its last line feed.
std::string check_report(const CheckResult& result, CheckFormat format);

}  // namespace mooring::cli
