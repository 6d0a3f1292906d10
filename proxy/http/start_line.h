// The first line of a message, read by hand, strictly.
//
// llhttp skips blanks and line ends here, takes RTSP and HTTP/0.9, and passes control characters of a reason phrase; a
// proxy must not. So both read the line, and what one of them refuses is refused. The views that the head gets are
// parts of `line`, which must be in the arena. Pure functions; any thread. Source: RFC 9112 sections 3 and 4.
#pragma once

#include <optional>
#include <string_view>

#include "proxy/http/failure.h"
#include "proxy/http/request_head.h"

namespace mooring::http {

// `line` with its LF. Fills method, method_text, target, minor_version.
std::optional<Failure> parse_request_line(std::string_view line, RequestHead& head);
// Fills status, reason, minor_version.
std::optional<Failure> parse_status_line(std::string_view line, ResponseHead& head);

// What may be the first byte of a request: seen at once, so that a TLS hello does not wait for a line end.
bool may_start_request(char first);

// Refusals, in one line. `detail` is static text.
Failure bad_request(std::string_view detail, std::uint16_t status = 400);
Failure bad_response(std::string_view detail);

}  // namespace mooring::http
