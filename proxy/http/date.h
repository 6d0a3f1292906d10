// The time as HTTP writes it (IMF-fixdate, RFC 9110 section 5.6.7), made once a second and thread.
#pragma once

#include <cstddef>
#include <ctime>
#include <string_view>

namespace mooring::http {

// "Sun, 06 Nov 1994 08:49:37 GMT": 29 bytes. The view is good until the next call on this thread.
std::string_view http_date();

inline constexpr std::size_t kDateBytes = 29;
// Writes `time` to `to`, kDateBytes bytes.
void write_http_date(char* to, std::time_t time);

}  // namespace mooring::http
