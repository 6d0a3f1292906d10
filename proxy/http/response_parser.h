// Reads a response's head, and its body when that is chunked, out of bytes that arrive in any pieces.
//
// See message_parser.h for how. An interim answer (1xx) is a head of its own: feed_head() is done with its status, and
// start() is called again for the next one. Owned by an upstream connection. It does not see the end of bodies that
// last until close. One thread. Source: RFC 9112.
#pragma once

#include <cstdint>

#include "proxy/http/message_parser.h"

namespace mooring::http {

// Once failed: kind http_protocol_error, side upstream.
class ResponseParser final : public MessageParser {
 public:
  explicit ResponseParser(const HeadLimits& limits) : MessageParser(Kind::response, limits) {}

  // Before each head. `request_method` decides whether there is a body (RFC 9112 section 6.3).
  void start(ResponseHead& into, Method request_method);

 private:
  std::optional<Failure> check_first(char first) const override;
  std::optional<Failure> read_line(std::string_view line) override;
  std::optional<Failure> check_head() override;
  Failure refusal(std::string_view detail, std::uint16_t status) const override;
  Failure line_too_long() const override;

  ResponseHead* head_ = nullptr;
  Method request_method_ = Method::get;
};

}  // namespace mooring::http
