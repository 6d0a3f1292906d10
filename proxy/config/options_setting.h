// One setting as it was written, in a file or on the command line, before anybody knew whether it means anything.
//
// The file reader and the flag reader make them; options_resolve looks them up in the schema. Also here: the codes and
// the one maker of the Problems of static options. Plain values; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/problem.h"

namespace mooring::config {

enum class SettingShape {
  scalar,   // one value
  list,     // a sequence of values
  section,  // nothing but the key itself: `ping: {}`, `ping:`; for a flag, `--ping`
};

enum class SettingSource { file, flag, variable };

struct Setting {
  std::vector<std::string> path;  // {"entryPoints", "web", "address"}; an index is an element of its own: "[0]"
  SettingShape shape = SettingShape::scalar;
  std::vector<std::string> values;  // one for a scalar, none for a section
  std::string where;                // "/etc/traefik/traefik.yml:12", "command line", "environment"
  std::string key;                  // as it was written: "entryPoints.web.address", "--entrypoints.web.address"
  SettingSource source = SettingSource::file;

  bool from_flag() const { return source == SettingSource::flag; }
  bool from_file() const { return source == SettingSource::file; }
  bool operator==(const Setting&) const = default;
};

using Settings = std::vector<Setting>;

// Codes of the static options, "O" for option; their titles stand in problem_codes.cc.
namespace option_code {
inline constexpr std::string_view kUnknownKey = "O001";
inline constexpr std::string_view kNotDone = "O002";
inline constexpr std::string_view kBadValue = "O003";
inline constexpr std::string_view kUnreadableFile = "O004";
inline constexpr std::string_view kBrokenText = "O005";
inline constexpr std::string_view kWrongShape = "O006";
inline constexpr std::string_view kRemoved = "O007";
inline constexpr std::string_view kDuplicateKey = "O008";
inline constexpr std::string_view kBadFlag = "O009";
inline constexpr std::string_view kAddressTaken = "O010";
inline constexpr std::string_view kClosedEntryPoint = "O011";
inline constexpr std::string_view kEnvironment = "O012";
inline constexpr std::string_view kTooMany = "O013";
inline constexpr std::string_view kFoundDirectory = "O014";
}  // namespace option_code

// What is in force when an option is wrong: there is no half-understood start.
inline constexpr std::string_view kNoStart = "Mooring does not start";

// An error about `setting`; `fix` may be empty.
Problem option_error(std::string_view code, const Setting& setting, std::string text, std::string fix = {});

// A warning about `setting`, with what is in force instead.
Problem option_warning(std::string_view code, const Setting& setting, std::string text, std::string in_force);

// The path in one piece: {"domains", "[0]", "main"} → "domains[0].main".
std::string joined(const std::vector<std::string>& path);

}  // namespace mooring::config
