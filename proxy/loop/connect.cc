#include "proxy/loop/connect.h"

#include <uv.h>

#include <utility>

namespace mooring::loop {

struct ConnectAwaiter;

// One connect request. It belongs to libuv until its callback, and is freed there.
struct ConnectRequest {
  uv_connect_t request{};
  ConnectAwaiter* waiter = nullptr;
};

struct ConnectAwaiter {
  SocketStream& stream;
  const SocketAddress& address;
  ConnectAttempt* attempt;
  std::uint64_t timeout_ms;
  Deadline deadline;
  std::coroutine_handle<> task;
  Io result = Io::ok;
  bool timed_out = false;

  ConnectAwaiter(SocketStream& to, const SocketAddress& where, ConnectAttempt* handle, std::uint64_t timeout)
      : stream(to),
        address(where),
        attempt(handle),
        timeout_ms(timeout),
        deadline(
            to.loop().deadlines(),
            [](void* context) {
              auto* self = static_cast<ConnectAwaiter*>(context);
              self->timed_out = true;
              self->stream.close();
            },
            this) {}

  bool await_ready() const noexcept { return false; }

  bool await_suspend(std::coroutine_handle<> caller) {
    task = caller;
    auto* connecting = new ConnectRequest{};
    connecting->waiter = this;
    connecting->request.data = connecting;
    int status = 0;
    if (address.family() == AF_UNIX) {
      status = uv_pipe_connect2(&connecting->request, reinterpret_cast<uv_pipe_t*>(stream.raw()),
                                address.to_string().c_str(), address.to_string().size(), 0, connected);
    } else {
      status =
          uv_tcp_connect(&connecting->request, reinterpret_cast<uv_tcp_t*>(stream.raw()), address.raw(), connected);
    }
    if (status != 0) {
      delete connecting;
      result = from_uv(status);
      return false;
    }
    if (timeout_ms != 0) deadline.set(timeout_ms);
    if (attempt != nullptr) attempt->stream_ = &stream;
    return true;
  }

  Io await_resume() const noexcept {
    if (attempt != nullptr) attempt->stream_ = nullptr;
    return result;
  }

  static void connected(uv_connect_t* request, int status) {
    auto* connecting = static_cast<ConnectRequest*>(request->data);
    ConnectAwaiter* waiter = connecting->waiter;
    delete connecting;
    const EventLoop::Turn turn(waiter->stream.loop());
    waiter->deadline.clear();
    waiter->result = waiter->timed_out ? Io::timeout : from_uv(status);
    waiter->task.resume();
  }
};

void ConnectAttempt::cancel() {
  if (stream_ != nullptr) stream_->close();
}

Task<Connected> connect(EventLoop& loop, SocketAddress address, std::uint64_t timeout_ms, ConnectAttempt* attempt) {
  std::unique_ptr<SocketStream> stream = SocketStream::make(loop, address.family() == AF_UNIX);
  ConnectAwaiter waiter(*stream, address, attempt, timeout_ms);
  const Io result = co_await waiter;
  if (result != Io::ok) co_return std::unexpected(result);
  stream->opened();
  co_return stream;
}

}  // namespace mooring::loop
