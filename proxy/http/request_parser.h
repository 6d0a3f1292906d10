// Reads a request's head, and its body when that is chunked, out of bytes that arrive in any pieces.
//
// One of the two places that know llhttp (strict, no lenient flag); request lines, framing and targets are checked once
// more by hand (start_line.h, framing.h), because a proxy must refuse what two parsers could read in two ways. Owned by
// a connection for its whole life, so it is small and allocates nothing: text goes to the arena of the head it fills.
// It does not count Content-Length bodies and knows no sockets or times. One thread. Source: RFC 9112.
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

class RequestParser {
 public:
  // The version of llhttp, for `mooring version`.
  static std::string_view library_version();

  explicit RequestParser(const HeadLimits& limits);  // `limits` must outlive it
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Before each message. `into` must stay until the head and a chunked body are complete.
  void start(RequestHead& into);
  // done: `into` is complete, passed check_request(), and `consumed` ends right behind the head's empty line.
  Parsed feed_head(std::string_view bytes);

  // For a chunked body, after feed_head() was done. `into` gets the trailer fields, unfiltered (may_be_trailer()).
  void start_trailers(HeaderMap& into);
  // done: `consumed` ends right behind the body's last CRLF.
  BodyPart feed_body(std::string_view bytes);

  // Once `failed`: kind http_request_error, side client, status 400, 414, 431, 501 or 505.
  const Failure& failure() const { return failure_; }
  // Some bytes of a head were seen, but not all of it: what tells a 408 from a quiet close.
  bool mid_head() const { return mid_head_; }

 private:
  struct Callbacks;
  enum class Step : std::uint8_t { line, fields, body, done, failed };

  Parsed refuse(const Failure& failure, std::size_t consumed);
  Parsed feed_line(std::string_view bytes);
  Parsed feed_fields(std::string_view bytes);
  Parsed finish_head(std::size_t consumed);
  std::size_t skip_empty_line(std::string_view bytes);
  BodyPart refuse_body(std::string_view detail, std::size_t consumed);

  alignas(std::max_align_t) std::array<std::byte, 96> machine_;  // llhttp's state; its header stays out of this one
  const HeadLimits* limits_;
  RequestHead* head_ = nullptr;
  std::string_view line_;  // the request line as far as it came, in the arena
  std::string_view data_;  // the last span of body data
  FieldCollector collector_;
  Failure failure_;
  std::size_t bytes_ = 0;  // of the head; in a body of the current chunk line, or of the trailers
  Step step_ = Step::done;
  std::uint8_t empty_line_ = 0;  // bytes seen of the CRLF that may stand before a request line
  bool last_chunk_ = false;      // trailers follow
  bool complete_ = false;        // llhttp saw the end of the head, or of the body
  bool mid_head_ = false;
};

}  // namespace mooring::http
