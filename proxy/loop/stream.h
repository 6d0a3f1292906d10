// Stream: bytes in both directions between us and one peer, pulled by coroutines.
//
// Reading: bytes arrive by themselves into one bounded buffer (a slab of the loop); a coroutine looks at buffered(),
// consumes, and awaits readable() when there is nothing. A full buffer stops the reading: that is the backpressure.
// Writing: write() is tried at once and suspends only for what the kernel did not take; one writer at a time, and the
// bytes must stay until it returns. close() wakes whoever waits with Io::canceled; the owner destroys the stream only
// when nobody waits on it. One loop, one thread. Concrete: SocketStream, and MemoryStream in tests.
#pragma once

#include <array>
#include <coroutine>
#include <cstddef>
#include <string_view>

#include "proxy/loop/event_loop.h"
#include "proxy/loop/io.h"

namespace mooring::loop {

class Stream {
 public:
  using Hangup = void (*)(void* context, Io why);
  static constexpr std::size_t kMaxPieces = 4;
  using Pieces = std::array<std::string_view, kMaxPieces>;

  explicit Stream(EventLoop& loop) : loop_(loop) {}
  virtual ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // What has arrived and was not consumed. Good until the next await on this stream or consume().
  std::string_view buffered() const { return {slab_ + begin_, end_ - begin_}; }
  void consume(std::size_t bytes);
  // The peer will send nothing more (FIN or an error); buffered() may still hold bytes.
  bool finished() const { return read_end_ != Io::ok; }
  Io read_end() const { return read_end_; }

  struct Readable {
    Stream& stream;
    bool await_ready() const noexcept { return stream.end_ != stream.begin_ || stream.read_end_ != Io::ok; }
    void await_suspend(std::coroutine_handle<> task) const noexcept { stream.reader_ = task; }
    Io await_resume() const noexcept;
  };
  // Waits until there are bytes (ok), or there will be none (end, reset, canceled).
  Readable readable() { return Readable{*this}; }
  struct Arrival {
    Stream& stream;
    bool await_ready() const noexcept { return Readable{stream}.await_ready(); }
    void await_suspend(std::coroutine_handle<> task) const noexcept {
      stream.reader_ = task;
      stream.leaves_bytes_ = true;
    }
    Io await_resume() const noexcept;
  };
  // The same, but what arrives stays where it is, for move_to(): ok is said with nothing in buffered().
  Arrival arrival() { return Arrival{*this}; }
  // Whether move_to() can do it: both are sockets, nothing is buffered here and nobody writes there.
  bool can_move_to(const Stream& sink) const;
  // Sends on what has arrived, `most` of it, without looking at it, and says how much went. What the sink did not take
  // at once is in buffered(). 0 and nothing buffered: nothing is there, or the peer has ended; readable() says which
  // (or finished() does already).
  std::size_t move_to(Stream& sink, std::size_t most);
  // Wakes the reader, if any, with Io::canceled, and leaves the stream as it is.
  void interrupt_read();

  struct Write {
    Stream& stream;
    Pieces pieces;
    Io result = Io::ok;
    bool await_ready() noexcept;
    void await_suspend(std::coroutine_handle<> task) noexcept;
    Io await_resume() const noexcept { return result; }
  };
  // Sends the pieces in order, all of them or none of what follows a failure.
  Write write(std::string_view first, std::string_view second = {}, std::string_view third = {},
              std::string_view fourth = {}) {
    return Write{*this, {first, second, third, fourth}};
  }

  // Called (on the loop, not on the caller's stack) when FIN or an error arrives while no reader waits; `bytes_too`:
  // also, with ok, when bytes do.
  void on_hangup(Hangup hangup, void* context, bool bytes_too = false) {
    hangup_ = hangup;
    hangup_context_ = context;
    hear_bytes_ = bytes_too;
  }

  // FIN after what was written. Reading goes on.
  virtual void shutdown_write() = 0;
  // Ends both directions; waiters resume with canceled from the loop. `hard`: with RST, so that the peer sees a cut.
  virtual void close(bool hard = false) = 0;

  bool closed() const { return closed_; }
  EventLoop& loop() const { return loop_; }
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t bytes_written() const { return bytes_written_; }
  // What a suspended write() still waits to hand to the kernel: shrinks while the peer reads.
  virtual std::size_t unsent() const { return 0; }
  // Since when (EventLoop::now_ms()) the peer has kept the present write() waiting; 0: none waits.
  std::uint64_t writing_since_ms() const { return writer_ ? writing_since_ms_ : 0; }

 protected:
  // Takes from the front of `pieces` what can be sent now; shortens them. Returns ok also when nothing could be sent.
  virtual Io try_write(Pieces& pieces) = 0;
  // Sends the rest; `finish_write` is called from the loop when done.
  virtual void start_write(const Pieces& pieces) = 0;
  // Of the socket; -1: there is none.
  virtual int descriptor() const { return -1; }
  // The buffer has room again after it was full.
  virtual void resume_reading() = 0;

  // For the concrete stream's read callback.
  struct Room {
    char* data;
    std::size_t bytes;
  };
  Room room();
  void received(std::size_t bytes);  // may resume the reader: the stream may be gone when this returns
  void arrived();                    // as received(): whoever waits for arrival() takes it from the socket
  void ended(Io why);                // as received()
  void finish_write(Io result);
  void fail_write_soon(Io result);  // as finish_write(), but never on this stack
  void cancel_waiters();
  void release_if_empty();
  bool leaves_bytes() const { return leaves_bytes_; }
  bool full() const { return slab_ != nullptr && end_ == Slabs::kBytes; }

  bool closed_ = false;
  bool stalled_ = false;  // reading is stopped because the buffer is full
  std::uint64_t bytes_written_ = 0;

 private:
  EventLoop& loop_;
  char* slab_ = nullptr;
  std::uint32_t begin_ = 0;
  std::uint32_t end_ = 0;
  Io read_end_ = Io::ok;
  bool interrupted_ = false;
  bool hear_bytes_ = false;
  bool leaves_bytes_ = false;  // the reader waits for arrival()
  std::coroutine_handle<> reader_;
  std::coroutine_handle<> writer_;
  Write* write_ = nullptr;
  Hangup hangup_ = nullptr;
  void* hangup_context_ = nullptr;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t writing_since_ms_ = 0;
};

}  // namespace mooring::loop
