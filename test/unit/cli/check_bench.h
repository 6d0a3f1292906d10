// Texts in, the lines of `mooring check` out: for tests.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "proxy/cli/check.h"
#include "proxy/cli/check_report.h"

namespace mooring::cli {

using Texts = std::map<std::string, std::string>;  // by file name

inline CheckResult check_texts(const Texts& texts, const Texts& variables = {}) {
  CheckInput input;
  for (const auto& [name, text] : texts) input.sources.push_back({name, text});
  input.directory = "shop";
  input.variables = [&variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional{found->second};
  };
  return check(input);
}

}  // namespace mooring::cli
