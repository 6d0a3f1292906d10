// A control socket that answers what it was told to, for tests of the commands. Owned by the test.
#pragma once

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "proxy/loop/listener.h"
#include "proxy/loop/task_scope.h"

namespace mooring::cli {

// Answers each request on a unix socket with the next of these, then always with the last, or with none at all; in a
// thread of its own.
class FixedAnswer {
 public:
  FixedAnswer(const std::string& path, std::string bytes, bool silent = false)
      : FixedAnswer(path, std::vector{std::move(bytes)}, silent) {}
  FixedAnswer(const std::string& path, std::vector<std::string> answers, bool silent = false)
      : answers_(std::move(answers)), silent_(silent), connections_(loop_) {
    auto socket = loop::ListenSocket::bind_unix(path, 0600);
    REQUIRE(socket.has_value());
    listener_ = std::make_unique<loop::Listener>(
        loop_, std::move(*socket),
        [this](std::unique_ptr<loop::SocketStream> stream) { connections_.spawn(answer(*this, std::move(stream))); });
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~FixedAnswer() {
    loop_.post([this] {
      listener_->close();
      for (loop::Stream* stream : streams_) stream->close();
    });
    thread_.join();
  }
  FixedAnswer(const FixedAnswer&) = delete;
  FixedAnswer& operator=(const FixedAnswer&) = delete;

  // The last one; when the server has answered.
  std::string request() {
    const std::lock_guard lock(mutex_);
    return requests_.empty() ? "" : requests_.back();
  }
  // The first line of each.
  std::vector<std::string> asked() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> lines;
    for (const std::string& request : requests_) lines.push_back(request.substr(0, request.find("\r\n")));
    return lines;
  }

 private:
  static loop::Task<void> answer(FixedAnswer& self, std::unique_ptr<loop::SocketStream> stream) {
    self.streams_.push_back(stream.get());
    std::string head;
    while (!head.contains("\r\n\r\n")) {
      const loop::Io io = co_await stream->readable();
      if (io != loop::Io::ok) break;
      head += stream->buffered();
      stream->consume(stream->buffered().size());
    }
    {
      const std::lock_guard lock(self.mutex_);
      self.requests_.push_back(head);
    }
    const std::size_t turn = std::min(self.turn_++, self.answers_.size() - 1);
    if (!self.silent_) co_await stream->write(self.answers_[turn]);
    if (self.silent_) co_await stream->readable();
    std::erase(self.streams_, stream.get());
  }

  loop::EventLoop loop_;
  std::vector<std::string> answers_;
  std::size_t turn_ = 0;
  bool silent_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  loop::TaskScope connections_;
  std::vector<loop::Stream*> streams_;
  std::unique_ptr<loop::Listener> listener_;
  std::thread thread_;
};

inline std::string http(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

}  // namespace mooring::cli
