// Feeds bytes to the parsers whole, split at each place and byte by byte, and tells what came of it as text.
//
// Each piece is copied to a buffer of its own size before it is fed, so that ASan sees a read beyond it and a view that
// outlives it. For tests only; single thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "proxy/http/head_limits.h"
#include "proxy/http/request_head.h"

namespace mooring::test {

// What a feeding ends in. Equal outcomes mean: nobody can tell how the bytes arrived.
struct Outcome {
  std::string text;          // what the caller's `tell` made of the head, or of the refusal
  std::string body;          // decoded, for chunked ones
  std::size_t consumed = 0;  // up to the end of the message; 0 when refused (it may be noticed earlier or later)
  bool complete = false;     // head and body came to their end
  std::uint16_t status = 0;  // of a refused request
  bool refused = false;

  bool operator==(const Outcome&) const = default;
};

// Which piece comes next: how many bytes of those that begin at `at`.
using Cut = std::function<std::size_t(std::size_t at)>;

// `tell` gets the complete head and its trailers, when the message is complete.
using TellRequest = std::function<std::string(http::RequestHead& head, const http::HeaderMap& trailers)>;
using TellResponse = std::function<std::string(http::ResponseHead& head, const http::HeaderMap& trailers)>;

Outcome feed_request(std::string_view bytes, const Cut& cut, const TellRequest& tell,
                     const http::HeadLimits& limits = {});
Outcome feed_response(std::string_view bytes, http::Method method, const Cut& cut, const TellResponse& tell,
                      const http::HeadLimits& limits = {});

// Runs `feed` for the whole, for each split in two and byte by byte, checks that all outcomes are equal, returns it.
Outcome feed_in_every_way(std::string_view bytes, const std::function<Outcome(const Cut&)>& feed);

// All of a head that there is to see, one line a thing.
std::string describe(const http::RequestHead& head);
std::string describe(const http::ResponseHead& head);
std::string describe(const http::HeaderMap& fields);

// "\r", "\n", "\t", "\\" and "\xHH" to bytes and back. A line's end in `text` is a CRLF; a backslash before it: none.
std::string unescape(std::string_view text);
std::string escape(std::string_view bytes);

}  // namespace mooring::test
