// Reads a request's head, and its body when that is chunked, out of bytes that arrive in any pieces.
//
// See message_parser.h for how. Owned by a connection for its whole life, so it is small. One thread. Source: RFC 9112.
#pragma once

#include <cstdint>

#include "proxy/http/message_parser.h"

namespace mooring::http {

// Once failed: kind http_request_error, side client, status 400, 414, 431, 501 or 505.
class RequestParser final : public MessageParser {
 public:
  explicit RequestParser(const HeadLimits& limits) : MessageParser(Kind::request, limits) {}

  // Before each message. `into` must stay until the head and a chunked body are complete.
  void start(RequestHead& into);
  // done: `into` is complete and passed check_request().
  Parsed feed_head(std::string_view bytes);

 private:
  std::optional<Failure> check_first(char first) const override;
  std::optional<Failure> read_line(std::string_view line) override;
  std::optional<Failure> check_head() override;
  Failure refusal(std::string_view detail, std::uint16_t status) const override;
  Failure line_too_long() const override;

  RequestHead* head_ = nullptr;
  std::uint8_t empty_line_ = 0;  // bytes seen of the CRLF that may stand before a request line
};

}  // namespace mooring::http
