// Reads a response's head, and its body when that is chunked, out of bytes that arrive in any pieces.
//
// The other place that knows llhttp; see request_parser.h. An interim answer (1xx) is a head of its own: feed_head() is
// done with its status, and start() is called again for the next one. Owned by an upstream connection. It does not
// count bodies with a length, and does not see the end of those that last until close. One thread. Source: RFC 9112.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proxy/http/failure.h"
#include "proxy/http/field_collector.h"
#include "proxy/http/head_limits.h"
#include "proxy/http/parse_result.h"
#include "proxy/http/request_head.h"

namespace mooring::http {

class ResponseParser {
 public:
  explicit ResponseParser(const HeadLimits& limits);  // `limits` must outlive it
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  // Before each head. `request_method` decides whether there is a body (RFC 9112 section 6.3).
  void start(ResponseHead& into, Method request_method);
  // done: `into` is complete, passed check_response(), and `consumed` ends right behind the head's empty line.
  Parsed feed_head(std::string_view bytes);

  void start_trailers(HeaderMap& into);
  BodyPart feed_body(std::string_view bytes);

  // Once `failed`: kind http_protocol_error, side upstream.
  const Failure& failure() const { return failure_; }
  bool mid_head() const { return mid_head_; }

 private:
  struct Callbacks;
  enum class Step : std::uint8_t { line, fields, body, done, failed };

  Parsed refuse(const Failure& failure, std::size_t consumed);
  Parsed feed_line(std::string_view bytes);
  Parsed feed_fields(std::string_view bytes);
  Parsed finish_head(std::size_t consumed);
  BodyPart refuse_body(std::string_view detail, std::size_t consumed);

  alignas(std::max_align_t) std::array<std::byte, 96> machine_;  // llhttp's state; its header stays out of this one
  const HeadLimits* limits_;
  ResponseHead* head_ = nullptr;
  std::string_view line_;  // the status line as far as it came, in the arena
  std::string_view data_;  // the last span of body data
  FieldCollector collector_;
  Failure failure_;
  std::size_t bytes_ = 0;  // of the head; in a body of the current chunk line, or of the trailers
  Step step_ = Step::done;
  Method request_method_ = Method::get;
  bool last_chunk_ = false;  // trailers follow
  bool complete_ = false;    // llhttp saw the end of the head, or of the body
  bool mid_head_ = false;
};

}  // namespace mooring::http
