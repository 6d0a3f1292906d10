#include "proxy/loop/pipe_stream.h"

#include "proxy/loop/task.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>

namespace mooring::loop {

struct PipeStream::Ends {
  std::array<PipeStream*, 2> at{};         // null once destroyed
  std::array<bool, 2> errand{};            // a delivery from this side is on its way
  std::array<Io, 2> left{Io::ok, Io::ok};  // how this side went
};

// Destroys itself when it has run. It only ever waits in the loop's queue of ready tasks, which is always emptied.
struct PipeStream::Errand {
  struct promise_type : detail::PromiseFrame {
    Errand get_return_object() const noexcept { return {}; }
    std::suspend_never initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
  struct FromLoop {
    EventLoop& loop;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> task) const { loop.resume_soon(task); }
    void await_resume() const noexcept {}
  };
};

PipeStream::PipeStream(EventLoop& loop, std::shared_ptr<Ends> ends, int side)
    : Stream(loop), ends_(std::move(ends)), side_(side) {
  ends_->at.at(static_cast<std::size_t>(side)) = this;
}

PipeStream::Pair PipeStream::make(EventLoop& loop) {
  auto ends = std::make_shared<Ends>();
  return {std::unique_ptr<PipeStream>(new PipeStream(loop, ends, 0)),
          std::unique_ptr<PipeStream>(new PipeStream(loop, ends, 1))};
}

PipeStream::~PipeStream() {
  close();
  ends_->at.at(static_cast<std::size_t>(side_)) = nullptr;
}

PipeStream* PipeStream::other() const {
  return ends_->at.at(static_cast<std::size_t>(1 - side_));
}

void PipeStream::deliver_soon() {
  deliver(loop(), ends_, side_);
}

PipeStream::Errand PipeStream::deliver(EventLoop& loop, std::shared_ptr<Ends> ends, int from) {
  const auto side = static_cast<std::size_t>(from);
  if (ends->errand.at(side)) co_return;
  ends->errand.at(side) = true;
  co_await Errand::FromLoop{loop};
  ends->errand.at(side) = false;
  PipeStream* reader = ends->at.at(1 - side);
  PipeStream* writer = ends->at.at(side);
  if (reader != nullptr && !reader->closed_ && !reader->finished()) {
    if (ends->left.at(side) != Io::ok) {
      reader->ended(ends->left.at(side));
    } else if (writer != nullptr) {
      writer->deliver_to(*reader);
    }
  }
  // Whoever was just resumed may have ended either side.
  writer = ends->at.at(side);
  reader = ends->at.at(1 - side);
  if (writer == nullptr || !writer->writing_) co_return;
  const bool taken = std::ranges::all_of(writer->pieces_, [](std::string_view piece) { return piece.empty(); });
  const bool nobody = reader == nullptr || reader->closed_;
  if (!taken && !nobody) co_return;
  writer->writing_ = false;
  if (writer->fin_) writer->deliver_soon();
  writer->finish_write(taken ? Io::ok : Io::reset);
}

void PipeStream::deliver_to(PipeStream& reader) {
  if (reader.full()) return;
  const Room room = reader.room();
  std::size_t bytes = 0;
  for (std::string_view& piece : pieces_) {
    const std::size_t part = std::min(piece.size(), room.bytes - bytes);
    if (part != 0) std::memcpy(room.data + bytes, piece.data(), part);
    piece.remove_prefix(part);
    bytes += part;
  }
  bytes_written_ += bytes;
  if (bytes != 0) return reader.received(bytes);
  reader.release_if_empty();
  if (!fin_ || fin_delivered_) return;
  fin_delivered_ = true;
  reader.ended(Io::end);
}

Io PipeStream::try_write(Pieces& /*pieces*/) {
  const PipeStream* reader = other();
  return fin_ || reader == nullptr || reader->closed_ ? Io::reset : Io::ok;
}

void PipeStream::start_write(const Pieces& pieces) {
  pieces_ = pieces;
  writing_ = true;
  deliver_soon();
}

// The other end has room in its buffer again: its writer, which is the other side, goes on.
void PipeStream::resume_reading() {
  if (PipeStream* writer = other()) writer->deliver_soon();
}

void PipeStream::shutdown_write() {
  if (closed_ || fin_) return;
  fin_ = true;
  deliver_soon();
}

void PipeStream::close(bool hard) {
  if (closed_) return;
  closed_ = true;
  if (std::exchange(writing_, false)) fail_write_soon(Io::canceled);
  cancel_waiters();
  ends_->left.at(static_cast<std::size_t>(side_)) = hard ? Io::reset : Io::end;
  deliver_soon();
  // A writer at the other end waits for a reader that will never come.
  if (PipeStream* writer = other()) writer->deliver_soon();
}

}  // namespace mooring::loop
