// StreamBody: a message's body, read from the stream its head came on, by its framing (RFC 9112 section 6.3).
//
// Works for requests and responses: `Parser` is RequestParser or ResponseParser, and is asked only for chunked bodies.
// Pieces are views into the stream's buffer and are consumed when the next one is asked for. The stream and the parser
// must outlive it. One loop, one thread.
#pragma once

#include <cstdint>
#include <utility>

#include "proxy/http/body.h"
#include "proxy/http/parse_result.h"
#include "proxy/http/request_head.h"
#include "proxy/loop/deadline.h"
#include "proxy/loop/stream.h"

namespace mooring::http {

// How long the peer may send nothing while its body is waited for.
struct StallLimit {
  loop::Deadline* deadline = nullptr;  // null: no limit
  std::uint64_t ms = 0;                // 0: no limit
};

template <typename Parser>
class StreamBody final : public Body {
 public:
  StreamBody(loop::Stream& stream, Parser& parser, const Framing& framing, Arena& arena, Side side, StallLimit stall)
      : stream_(stream),
        parser_(parser),
        kind_(framing.kind),
        left_(framing.length),
        trailers_(arena),
        side_(side),
        stall_(stall) {
    if (kind_ == BodyKind::chunked) parser_.start_trailers(trailers_);
    if (kind_ == BodyKind::none) done_ = true;
  }
  ~StreamBody() override { release(); }

  bool try_read(BodyRead& piece) override {
    release();
    if (done_) {
      piece = {.bytes = {}, .last = true, .failure = {}};
      return true;
    }
    if (failure_) {
      piece = {.bytes = {}, .last = false, .failure = failure_};
      return true;
    }
    while (true) {
      const std::string_view at_hand = stream_.buffered();
      if (at_hand.empty()) return ended(piece);
      if (kind_ == BodyKind::chunked) {
        if (decode(at_hand, piece)) return true;
        continue;
      }
      take(at_hand, piece);
      return true;
    }
  }

  loop::Task<BodyRead> read() override {
    BodyRead piece;
    while (!try_read(piece)) {
      if (std::exchange(woken_, false)) co_return BodyRead{.bytes = {}, .last = false, .failure = interrupted()};
      if (stall_.ms != 0) stall_.deadline->set(stall_.ms);
      co_await stream_.readable();
      if (stall_.ms != 0) stall_.deadline->clear();
      // An interrupted wait leaves the stream as it was: there is nothing to read and nothing has ended.
      if (stream_.buffered().empty() && !stream_.finished()) {
        co_return BodyRead{.bytes = {}, .last = false, .failure = interrupted()};
      }
    }
    co_return piece;
  }

  bool can_move_to(const loop::Stream& sink) const override {
    return kind_ == BodyKind::length && left_ >= kWorthMoving && stream_.can_move_to(sink);
  }
  loop::Task<std::uint64_t> move_to(loop::Stream& sink) override {
    std::uint64_t moved = 0;
    while (left_ != 0 && stream_.can_move_to(sink)) {
      if (stall_.ms != 0) stall_.deadline->set(stall_.ms);
      const loop::Io io = co_await stream_.arrival();
      if (stall_.ms != 0) stall_.deadline->clear();
      woken_ = io == loop::Io::canceled && !stream_.finished();
      if (io != loop::Io::ok || !stream_.can_move_to(sink)) break;
      const std::size_t went = stream_.move_to(sink, left_);
      if (went == 0) break;
      left_ -= went;
      moved += went;
    }
    delivered_ += moved;
    done_ = done_ || left_ == 0;
    co_return moved;
  }

  void interrupt() override { stream_.interrupt_read(); }
  const HeaderMap* trailers() const override { return trailers_.empty() ? nullptr : &trailers_; }

  // Bytes of body given out so far, without framing.
  std::uint64_t delivered() const { return delivered_; }
  // Everything was read: the stream stands at the next message.
  bool complete() const { return done_; }
  // Gives the last piece's bytes back to the stream.
  void release() {
    if (held_ != 0) stream_.consume(held_);
    held_ = 0;
  }
  // What is still to come, if that is known; for deciding whether to read it only to throw it away.
  std::uint64_t known_left() const { return kind_ == BodyKind::length ? left_ : 0; }

 private:
  // Less is read before the pipe is worth its calls.
  static constexpr std::uint64_t kWorthMoving = std::uint64_t{64} * 1024;

  static Failure interrupted() {
    Failure failure;
    failure.kind = FailureKind::canceled;
    return failure;
  }
  bool ended(BodyRead& piece) {
    if (!stream_.finished()) return false;
    if (kind_ == BodyKind::until_close && stream_.read_end() == loop::Io::end) {
      done_ = true;
      piece = {.bytes = {}, .last = true, .failure = {}};
      return true;
    }
    fail(stream_.read_end() == loop::Io::canceled ? FailureKind::canceled : FailureKind::http_response_incomplete,
         "the body was cut", piece);
    return true;
  }

  void take(std::string_view at_hand, BodyRead& piece) {
    if (kind_ == BodyKind::length && at_hand.size() >= left_) {
      at_hand = at_hand.substr(0, left_);
      done_ = true;
    }
    if (kind_ == BodyKind::length) left_ -= at_hand.size();
    held_ = at_hand.size();
    woken_ = false;
    delivered_ += at_hand.size();
    piece = {.bytes = at_hand, .last = done_, .failure = {}};
  }

  // False when the bytes at hand were framing only and more may be there.
  bool decode(std::string_view at_hand, BodyRead& piece) {
    const BodyPart part = parser_.feed_body(at_hand);
    if (part.state == ParseState::failed) {
      failure_ = parser_.failure();
      piece = {.bytes = {}, .last = false, .failure = failure_};
      return true;
    }
    done_ = part.state == ParseState::done;
    if (part.data.empty()) {
      stream_.consume(part.consumed);
      if (!done_) return false;
    } else {
      held_ = part.consumed;
    }
    delivered_ += part.data.size();
    piece = {.bytes = part.data, .last = done_, .failure = {}};
    return true;
  }

  void fail(FailureKind kind, std::string_view detail, BodyRead& piece) {
    failure_.kind = kind;
    failure_.side = side_;
    failure_.detail = detail;
    piece = {.bytes = {}, .last = false, .failure = failure_};
  }

  loop::Stream& stream_;
  Parser& parser_;
  BodyKind kind_;
  std::uint64_t left_;
  HeaderMap trailers_;
  Side side_;
  StallLimit stall_;
  Failure failure_;
  std::size_t held_ = 0;
  std::uint64_t delivered_ = 0;
  bool done_ = false;
  bool woken_ = false;  // move_to() was interrupted: the next wait of read() is what that was meant for
};

}  // namespace mooring::http
