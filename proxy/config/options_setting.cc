#include "proxy/config/options_setting.h"

#include <utility>

#include "proxy/config/printable.h"

namespace mooring::config {

Problem option_error(std::string_view code, const Setting& setting, std::string text, std::string fix) {
  return {std::string{code}, Severity::error,       setting.where, printable(setting.key),
          std::move(text),   std::string{kNoStart}, std::move(fix)};
}

Problem option_warning(std::string_view code, const Setting& setting, std::string text, std::string in_force) {
  return {std::string{code},
          Severity::warning,
          setting.where,
          printable(setting.key),
          std::move(text),
          std::move(in_force),
          ""};
}

std::string joined(const std::vector<std::string>& path) {
  std::string text;
  for (const auto& element : path) {
    if (!text.empty() && !element.starts_with('[')) text += '.';
    text += element;
  }
  return text;
}

}  // namespace mooring::config
