#include "proxy/http/response_parser.h"

#include "proxy/http/framing.h"
#include "proxy/http/start_line.h"

namespace mooring::http {

void ResponseParser::start(ResponseHead& into, Method request_method) {
  head_ = &into;
  request_method_ = request_method;
  restart(into.fields, into.framing);
}

std::optional<Failure> ResponseParser::check_first(char first) const {
  if (first == 'H') return std::nullopt;
  return bad_response("not an HTTP response");
}

std::optional<Failure> ResponseParser::read_line(std::string_view line) {
  return parse_status_line(line, *head_);
}

std::optional<Failure> ResponseParser::check_head() {
  return check_response(*head_, request_method_);
}

Failure ResponseParser::refusal(std::string_view detail, std::uint16_t /*status*/) const {
  return bad_response(detail);
}

Failure ResponseParser::line_too_long() const {
  return bad_response("status line is too long");
}

}  // namespace mooring::http
