#include "proxy/loop/stream.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace mooring::loop {
namespace {

// In one go: other connections of the loop wait that long.
constexpr std::size_t kMostMoved = std::size_t{256} * 1024;

}  // namespace

Stream::~Stream() {
  assert(!reader_ && !writer_);
  if (slab_ != nullptr) loop_.slabs().give(slab_);
}

void Stream::consume(std::size_t bytes) {
  assert(bytes <= end_ - begin_);
  begin_ += static_cast<std::uint32_t>(bytes);
  if (begin_ != end_) return;
  begin_ = end_ = 0;
  release_if_empty();
  if (stalled_) {
    stalled_ = false;
    resume_reading();
  }
}

void Stream::release_if_empty() {
  if (slab_ == nullptr || begin_ != end_) return;
  loop_.slabs().give(std::exchange(slab_, nullptr));
  begin_ = end_ = 0;
}

Io Stream::Readable::await_resume() const noexcept {
  // Bytes that came first take the place of the interruption: the next wait must not see it.
  const bool interrupted = std::exchange(stream.interrupted_, false);
  if (stream.end_ != stream.begin_) return Io::ok;
  if (interrupted) return Io::canceled;
  return stream.read_end_;
}

Io Stream::Arrival::await_resume() const noexcept {
  stream.leaves_bytes_ = false;
  const bool interrupted = std::exchange(stream.interrupted_, false);
  return interrupted ? Io::canceled : stream.read_end_;
}

bool Stream::can_move_to(const Stream& sink) const {
  return begin_ == end_ && !sink.writer_ && !closed_ && !sink.closed_ && descriptor() >= 0 && sink.descriptor() >= 0 &&
         loop_.splice().ready();
}

std::size_t Stream::move_to(Stream& sink, std::size_t most) {
  assert(can_move_to(sink));
  const int from = descriptor();
  const int to = sink.descriptor();
  std::size_t moved = 0;
  most = std::min(most, kMostMoved);
  while (moved < most) {
    // The rest must fit into the buffer.
    const Splice::Moved step = loop_.splice().move(from, to, std::min(most - moved, Slabs::kBytes));
    if (step.broken != Io::ok && read_end_ == Io::ok) read_end_ = step.broken;
    if (step.taken == 0) break;
    moved += step.sent;
    bytes_read_ += step.taken;
    sink.bytes_written_ += step.sent;
    if (step.sent == step.taken) continue;
    const Room rest = room();
    end_ += static_cast<std::uint32_t>(loop_.splice().take_rest(rest.data, step.taken - step.sent));
    if (full()) stalled_ = true;
    break;
  }
  return moved;
}

void Stream::interrupt_read() {
  if (!reader_) return;
  interrupted_ = true;
  loop_.resume_soon(std::exchange(reader_, nullptr));
}

bool Stream::Write::await_ready() noexcept {
  if (stream.closed_) {
    result = Io::canceled;
    return true;
  }
  assert(!stream.writer_);
  result = stream.try_write(pieces);
  if (result != Io::ok) return true;
  for (const std::string_view piece : pieces) {
    if (!piece.empty()) return false;
  }
  return true;
}

void Stream::Write::await_suspend(std::coroutine_handle<> task) noexcept {
  stream.writer_ = task;
  stream.write_ = this;
  stream.writing_since_ms_ = stream.loop_.now_ms();
  stream.start_write(pieces);
}

Stream::Room Stream::room() {
  if (slab_ == nullptr) slab_ = loop_.slabs().take();
  return {slab_ + end_, Slabs::kBytes - end_};
}

void Stream::received(std::size_t bytes) {
  end_ += static_cast<std::uint32_t>(bytes);
  bytes_read_ += bytes;
  if (full()) stalled_ = true;
  if (reader_) {
    std::exchange(reader_, nullptr).resume();
    return;
  }
  if (hear_bytes_ && hangup_ != nullptr) hangup_(hangup_context_, Io::ok);
}

void Stream::arrived() {
  if (reader_) std::exchange(reader_, nullptr).resume();
}

void Stream::ended(Io why) {
  if (read_end_ == Io::ok) read_end_ = why;
  release_if_empty();
  if (reader_) {
    std::exchange(reader_, nullptr).resume();
    return;
  }
  if (hangup_ != nullptr) hangup_(hangup_context_, why);
}

void Stream::finish_write(Io result) {
  if (!writer_) return;
  write_->result = result;
  write_ = nullptr;
  std::exchange(writer_, nullptr).resume();
}

void Stream::fail_write_soon(Io result) {
  write_->result = result;
  write_ = nullptr;
  loop_.resume_soon(std::exchange(writer_, nullptr));
}

void Stream::cancel_waiters() {
  if (read_end_ == Io::ok) read_end_ = Io::canceled;
  if (reader_) loop_.resume_soon(std::exchange(reader_, nullptr));
}

}  // namespace mooring::loop
