// Variables in compose files: what Compose puts where `$NAME` and `${NAME…}` stand, and the `.env` file they come from.
//
// $$ is a dollar sign; ${NAME:-x} and ${NAME-x} have a default, ${NAME:?e} and ${NAME?e} ask for a value, ${NAME:+x}
// and
// ${NAME+x} an alternative; they nest. Nothing throws; work and depth are bounded by the text. Pure; any thread.
// Source: the Compose specification, "Interpolation" and "Environment variables file".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mooring::config {

using Variables = std::function<std::optional<std::string>(const std::string& name)>;

struct VariableFault {
  enum class Kind { unset, required, malformed };
  Kind kind = Kind::unset;
  std::string name;     // of a malformed one, the text that cannot be read
  std::string message;  // of a required one, its author's words

  bool operator==(const VariableFault&) const = default;
};

// `text` with its variables replaced; what is wrong is added to `faults`, and nothing stands in its place.
std::string interpolated(std::string_view text, const Variables& variables, std::vector<VariableFault>& faults);

// The lines of an .env file: KEY=value, quotes, comments, `export`. What cannot be read is left out.
std::map<std::string, std::string> read_env_file(std::string_view text, const Variables& outer);

}  // namespace mooring::config
