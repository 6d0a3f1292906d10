#include "proxy/http/request_parser.h"

#include "proxy/http/framing.h"
#include "proxy/http/start_line.h"

namespace mooring::http {

void RequestParser::start(RequestHead& into) {
  head_ = &into;
  empty_line_ = 0;
  restart(into.fields, into.framing);
}

// One CRLF may stand before a request line: old clients send it behind a body (RFC 9112 section 2.2). No more than one.
Parsed RequestParser::feed_head(std::string_view bytes) {
  std::size_t skipped = 0;
  while (skipped < bytes.size() && before_line() && empty_line_ < 2 && bytes[skipped] == "\r\n"[empty_line_]) {
    ++empty_line_;
    ++skipped;
  }
  if (empty_line_ == 1 && before_line() && skipped < bytes.size()) {
    return refuse(bad_request("CR without LF before the request line"), skipped);
  }
  const Parsed parsed = MessageParser::feed_head(bytes.substr(skipped));
  return {.consumed = skipped + parsed.consumed, .state = parsed.state};
}

std::optional<Failure> RequestParser::check_first(char first) const {
  if (may_start_request(first)) return std::nullopt;
  return bad_request("not an HTTP request");
}

std::optional<Failure> RequestParser::read_line(std::string_view line) {
  return parse_request_line(line, *head_);
}

std::optional<Failure> RequestParser::check_head() {
  return check_request(*head_);
}

Failure RequestParser::refusal(std::string_view detail, std::uint16_t status) const {
  return bad_request(detail, status);
}

Failure RequestParser::line_too_long() const {
  return bad_request("request line is too long", 414);
}

}  // namespace mooring::http
