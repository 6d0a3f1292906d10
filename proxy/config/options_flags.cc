#include "proxy/config/options_flags.h"

#include <cstddef>
#include <string_view>
#include <utility>

#include "proxy/config/go_values.h"
#include "proxy/config/options_schema.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr std::string_view kWhere = "command line";

// "a.domains[0].main" → {"a", "domains", "[0]", "main"}. Empty elements are kept: no key has them.
std::vector<std::string> split_path(std::string_view name) {
  std::vector<std::string> path;
  while (true) {
    const auto dot = name.find('.');
    const auto element = name.substr(0, dot);
    const auto bracket = element.find('[');
    if (bracket != std::string_view::npos && bracket > 0) {
      path.emplace_back(element.substr(0, bracket));
      path.emplace_back(element.substr(bracket));
    } else {
      path.emplace_back(element);
    }
    if (dot == std::string_view::npos) return path;
    name.remove_prefix(dot + 1);
  }
}

const OptionNode* look_up(const std::vector<std::string>& path) {
  const OptionNode* node = &option_schema();
  for (const auto& element : path) {
    if (element.starts_with('[')) continue;
    node = node->find(element);
    if (node == nullptr) return nullptr;
  }
  return node;
}

bool stands_alone(const OptionNode& node) {
  return node.kind == OptionKind::toggle || node.kind == OptionKind::boolean || node.kind == OptionKind::on_boolean;
}

bool is_flag(std::string_view argument) {
  // "-5" is a value, "-x" and "--x" are flags.
  return argument.size() > 1 && argument[0] == '-' && !parse_int(argument) && !parse_duration(argument);
}

// Whether `next` is the value of a flag that was written without "=".
bool takes_next(const OptionNode* node, std::string_view next) {
  if (is_flag(next)) return false;
  return node == nullptr || !stands_alone(*node) || parse_bool(next).has_value();
}

Problem stray(const std::string& argument) {
  return {std::string{option_code::kBadFlag},
          Severity::error,
          std::string{kWhere},
          printable(argument),
          "expected a flag",
          std::string{kNoStart},
          "write --key=value; a value with blanks in it needs quotes"};
}

}  // namespace

FlagSettings read_options_flags(const std::vector<std::string>& arguments) {
  FlagSettings out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (!is_flag(argument) || argument == "--") {
      out.problems.push_back(stray(argument));
      continue;
    }
    std::string_view name{argument};
    name.remove_prefix(name.starts_with("--") ? 2 : 1);
    const auto equals = name.find('=');
    Setting setting;
    setting.where = kWhere;
    setting.source = SettingSource::flag;
    setting.key = "--" + std::string{name.substr(0, equals)};  // never the value: it may be a secret
    setting.path = split_path(name.substr(0, equals));
    const OptionNode* node = look_up(setting.path);
    if (equals != std::string_view::npos) {
      setting.values.emplace_back(name.substr(equals + 1));
    } else if (i + 1 < arguments.size() && takes_next(node, arguments[i + 1])) {
      setting.values.push_back(arguments[++i]);
    } else {
      setting.shape = SettingShape::section;
    }
    if (setting.path.size() == 1 && equal_fold(setting.path.front(), "configFile")) {
      out.config_file = std::move(setting);
    } else {
      out.settings.push_back(std::move(setting));
    }
  }
  return out;
}

}  // namespace mooring::config
