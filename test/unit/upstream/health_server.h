// A server on the loopback that answers each request of a health check as the test's function says, on the test's loop.
//
// What it is given is kept. An answer of nothing leaves the connection open and silent; kClose ends it at once. For
// tests only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/loop/task_scope.h"
#include "test/support/loopback.h"
#include "test/support/waiting.h"

namespace mooring::test {

class HealthServer {
 public:
  using Answer = std::function<std::string(const std::string& request)>;
  static constexpr const char* kClose = "close";

  HealthServer(loop::EventLoop& loop, Answer answer, loop::ListenSocket socket = bound_socket("127.0.0.1"))
      : loop_(loop),
        answer_(std::move(answer)),
        tasks_(loop),
        listener_(loop, std::move(socket), [this](std::unique_ptr<loop::SocketStream> stream) {
          streams_.push_back(std::move(stream));
          tasks_.spawn(serve(*this, *streams_.back()));
        }) {}
  ~HealthServer() {
    for (const auto& stream : streams_) stream->close();
    static_cast<void>(run_until(loop_, [this] { return tasks_.size() == 0; }));
  }
  HealthServer(const HealthServer&) = delete;
  HealthServer& operator=(const HealthServer&) = delete;

  void answer_with(Answer answer) { answer_ = std::move(answer); }
  std::uint16_t port() const { return listener_.address().port(); }
  std::size_t open() const {
    std::size_t count = 0;
    for (const auto& stream : streams_) count += stream->finished() || stream->closed() ? 0 : 1;
    return count;
  }

  std::vector<std::string> requests;

 private:
  static loop::Task<void> serve(HealthServer& self, loop::SocketStream& stream) {
    std::string request;
    while (!request.ends_with("\r\n\r\n")) {
      const loop::Io io = co_await stream.readable();
      if (io != loop::Io::ok) co_return;
      request += stream.buffered();
      stream.consume(stream.buffered().size());
    }
    self.requests.push_back(request);
    const std::string answer = self.answer_(request);
    if (answer == kClose) {
      stream.close();
      co_return;
    }
    if (!answer.empty()) co_await stream.write(answer);
  }

  loop::EventLoop& loop_;
  Answer answer_;
  loop::TaskScope tasks_;
  std::vector<std::unique_ptr<loop::SocketStream>> streams_;
  loop::Listener listener_;
};

// An answer with that status and no body.
inline std::string status_line(int status, const std::string& fields = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: 0\r\n" + fields + "\r\n";
}

}  // namespace mooring::test
