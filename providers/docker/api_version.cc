// Which version of the API to speak with an engine.
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "providers/docker/session.h"

namespace mooring::docker {

namespace {

// "1.41" -> 41
std::optional<int> minor_of(std::string_view version) {
  if (!version.starts_with("1.")) {
    return std::nullopt;
  }
  version.remove_prefix(2);
  int minor = 0;
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), minor);
  return error == std::errc() && end == version.data() + version.size() ? std::optional(minor) : std::nullopt;
}

}  // namespace

std::expected<std::string, std::string> choose_api_version(std::string_view offered, std::string_view least) {
  // An engine that names no version, or one we cannot read, is asked for the oldest we know.
  const int highest = minor_of(offered).value_or(kLeastApi);
  if (highest < kLeastApi) {
    return std::unexpected("the engine speaks API version " + std::string(offered) + ", and 1." +
                           std::to_string(kLeastApi) + " (Docker 1.12) is the oldest that is understood");
  }
  // What we read has been stable for years: an engine that asks for more than we know is spoken to in its own terms.
  const int chosen = std::max(std::min(highest, kMostApi), std::min(highest, minor_of(least).value_or(0)));
  return "1." + std::to_string(chosen);
}

}  // namespace mooring::docker
