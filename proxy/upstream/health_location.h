// Where a redirect that answers a health check leads, if it is to the same host. Pure functions; any thread. Source:
// RFC 3986, section 5.2, as far as a Location of the same host goes; RFC 9110, section 10.2.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mooring::upstream {

inline constexpr std::size_t kLongestLocation = 2'048;

bool is_redirect(std::uint16_t status);

// The path (with its query) to ask next. Nothing: another host, another scheme, or nothing that can be asked.
// `authority` is what the Host field said, `address` the host:port that was connected to.
std::optional<std::string> next_path(std::string_view location, std::string_view path, std::string_view authority,
                                     std::string_view address);

}  // namespace mooring::upstream
