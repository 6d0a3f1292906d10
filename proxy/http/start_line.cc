#include "proxy/http/start_line.h"

#include <algorithm>

#include "proxy/http/framing.h"
#include "proxy/http/method.h"

namespace mooring::http {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the CRLF off; false when the line does not end in one, or has another CR.
bool take_line_end(std::string_view& line) {
  if (!line.ends_with("\r\n")) return false;
  line.remove_suffix(2);
  return line.find('\r') == std::string_view::npos;
}

}  // namespace

Failure bad_request(std::string_view detail, std::uint16_t status) {
  return {.kind = FailureKind::http_request_error, .side = Side::client, .status = status, .detail = detail};
}

Failure bad_response(std::string_view detail) {
  return {.kind = FailureKind::http_protocol_error, .side = Side::upstream, .detail = detail};
}

bool may_start_request(char first) {
  return is_token({&first, 1});
}

std::optional<Failure> parse_request_line(std::string_view line, RequestHead& head) {
  if (!take_line_end(line)) return bad_request("request line does not end in CRLF");
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  const std::string_view method = line.substr(0, first);
  if (!is_token(method)) return bad_request("method is not a token");
  if (first == last) return bad_request("request line has no version");
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  const auto visible = [](char c) { return c > ' ' && c < 0x7f; };
  if (target.empty() || !std::ranges::all_of(target, visible)) return bad_request("request target has forbidden bytes");
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7])) {
    return bad_request("malformed HTTP version");
  }
  if (version[5] == '0') return bad_request("HTTP/0.9 is not spoken");
  if (version[5] != '1' || version[7] > '1') return bad_request("HTTP version is not 1.0 or 1.1", 505);
  if (!is_known_method(method)) return bad_request("unknown method", 501);
  head.method = method_from(method);
  head.method_text = method;
  head.target = target;
  head.minor_version = static_cast<std::uint8_t>(version[7] - '0');
  return std::nullopt;
}

std::optional<Failure> parse_status_line(std::string_view line, ResponseHead& head) {
  if (!take_line_end(line)) return bad_response("status line does not end in CRLF");
  // "HTTP/1.1 200", and many servers leave out the blank that should follow an absent phrase.
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || (line[7] != '0' && line[7] != '1') || line[8] != ' ') {
    return bad_response("status line is not HTTP/1.0 or 1.1");
  }
  const std::string_view code = line.substr(9, 3);
  if (!std::ranges::all_of(code, is_digit) || code[0] == '0' || (line.size() > 12 && line[12] != ' ')) {
    return bad_response("malformed status code");
  }
  const std::string_view reason = line.size() > 13 ? line.substr(13) : std::string_view{};
  if (!is_field_value(reason)) return bad_response("reason phrase has control characters");
  head.minor_version = static_cast<std::uint8_t>(line[7] - '0');
  head.status = static_cast<std::uint16_t>((code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0'));
  head.reason = reason;
  return std::nullopt;
}

}  // namespace mooring::http
