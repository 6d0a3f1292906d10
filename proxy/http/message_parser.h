// What reading requests and responses has in common: the head line by line, field by field, and a chunked body.
//
// The one place that knows llhttp (strict, no lenient flag); start lines, framing and targets are checked once more by
// hand (start_line.h, framing.h), because a proxy must refuse what two parsers could read in two ways. RequestParser
// and ResponseParser say what a line means and how a refusal is worded. It allocates nothing: text goes to the arena of
// the head that is filled. It does not count Content-Length bodies and knows no sockets or times. One thread. Source:
// RFC 9112.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proxy/http/failure.h"
#include "proxy/http/field_collector.h"
#include "proxy/http/head_limits.h"
#include "proxy/http/parse_result.h"
#include "proxy/http/request_head.h"

namespace mooring::http {

class MessageParser {
 public:
  // The version of llhttp, for `mooring version`.
  static std::string_view library_version();

  MessageParser(const MessageParser&) = delete;
  MessageParser& operator=(const MessageParser&) = delete;

  // done: the head is complete and was checked, and `consumed` ends right behind its empty line.
  Parsed feed_head(std::string_view bytes);

  // For a chunked body, after feed_head() was done. `into` gets the trailer fields, unfiltered (may_be_trailer()).
  void start_trailers(HeaderMap& into);
  // done: `consumed` ends right behind the body's last CRLF.
  BodyPart feed_body(std::string_view bytes);

  const Failure& failure() const { return failure_; }
  // Some bytes of a head were seen, but not all of it: what tells a 408 from a quiet close.
  bool mid_head() const { return mid_head_; }

 protected:
  enum class Kind : std::uint8_t { request, response };

  MessageParser(Kind kind, const HeadLimits& limits);  // `limits` must outlive it
  ~MessageParser() = default;

  void restart(HeaderMap& fields, Framing& framing);
  // Nothing of the first line was seen yet.
  bool before_line() const { return step_ == Step::line && line_.empty(); }
  Parsed refuse(const Failure& failure, std::size_t consumed);

 private:
  struct Callbacks;
  enum class Step : std::uint8_t { line, fields, body, done, failed };

  // What the first byte of a message may be: seen at once, so that something else does not wait for a line end.
  virtual std::optional<Failure> check_first(char first) const = 0;
  virtual std::optional<Failure> read_line(std::string_view line) = 0;
  virtual std::optional<Failure> check_head() = 0;
  // `status`: of a request that is refused.
  virtual Failure refusal(std::string_view detail, std::uint16_t status) const = 0;
  virtual Failure line_too_long() const = 0;

  Parsed refuse(std::string_view detail, std::size_t consumed, std::uint16_t status = 400);
  Parsed feed_line(std::string_view bytes);
  Parsed feed_fields(std::string_view bytes);
  Parsed finish_head(std::size_t consumed);
  BodyPart refuse_body(std::string_view detail, std::size_t consumed);

  alignas(std::max_align_t) std::array<std::byte, 96> machine_;  // llhttp's state; its header stays out of this one
  const HeadLimits* limits_;
  HeaderMap* fields_ = nullptr;
  const Framing* framing_ = nullptr;
  std::string_view line_;  // the first line as far as it came, in the arena
  std::string_view data_;  // the last span of body data
  FieldCollector collector_;
  Failure failure_;
  std::size_t bytes_ = 0;  // of the head; in a body of the current chunk line, or of the trailers
  Step step_ = Step::done;
  bool last_chunk_ = false;  // trailers follow
  bool complete_ = false;    // llhttp saw the end of the head, or of the body
  bool mid_head_ = false;
};

}  // namespace mooring::http
