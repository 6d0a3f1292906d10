// Body: a message's content as a source of pieces, pulled by whoever sends it on. Backpressure is that nobody pulls.
//
// A piece is a view into a read buffer, good until the next read() or the body's end. Owned by the Connection
// (requests) or by the Response (responses). One loop, one thread. Knows nothing of how the other side frames it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "proxy/http/failure.h"
#include "proxy/http/header_map.h"
#include "proxy/loop/stream.h"
#include "proxy/loop/task.h"

namespace mooring::http {

struct BodyRead {
  std::string_view bytes;  // may be empty
  bool last = false;       // nothing follows; may come together with bytes
  Failure failure;         // set: the body was cut; nothing follows
};

class Body {
 public:
  Body() = default;
  virtual ~Body() = default;
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  // The next piece if it is at hand; false: ask read(). Saves the common small body a coroutine.
  virtual bool try_read(BodyRead& piece) = 0;
  // The next piece; waits for it.
  virtual loop::Task<BodyRead> read() = 0;
  // Whether move_to() is worth a try: much is to come, and it can go to `sink` as it is.
  virtual bool can_move_to(const loop::Stream& /*sink*/) const { return false; }
  // Sends on what comes, as long as it goes past us, and says how many bytes went; try_read() and read() say how it
  // goes on. Only behind a try_read() that gave nothing. The length on the other side must be the body's own.
  virtual loop::Task<std::uint64_t> move_to(loop::Stream& /*sink*/) { co_return 0; }
  // Wakes a read() that waits, with Failure canceled; nothing is lost and reading may go on later.
  virtual void interrupt() {}
  // Fields behind a chunked body, once the last piece was read; null when there are none.
  virtual const HeaderMap* trailers() const { return nullptr; }
};

using BodyPtr = std::unique_ptr<Body>;

// A body that is there as a whole.
class TextBody final : public Body {
 public:
  explicit TextBody(std::string text) : text_(std::move(text)) {}
  bool try_read(BodyRead& piece) override {
    piece = {.bytes = text_, .last = true, .failure = {}};
    return true;
  }
  loop::Task<BodyRead> read() override { co_return BodyRead{.bytes = text_, .last = true, .failure = {}}; }

 private:
  std::string text_;
};

// The far end of an upgraded connection: bytes, no messages any more.
class Tunnel {
 public:
  Tunnel() = default;
  virtual ~Tunnel() = default;
  Tunnel(const Tunnel&) = delete;
  Tunnel& operator=(const Tunnel&) = delete;
  virtual loop::Stream& stream() = 0;
};

}  // namespace mooring::http
