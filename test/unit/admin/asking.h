// Asking: a request to a handler and what came back, without a connection. Single thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/http/handler.h"
#include "proxy/loop/event_loop.h"
#include "proxy/loop/task_scope.h"

namespace mooring::test {

struct Answer {
  std::uint16_t status = 0;
  std::string content_type;
  std::string cache_control;
  std::string allow;
  std::string options;    // X-Content-Type-Options
  std::string next_page;  // X-Next-Page
  std::uint64_t length = 0;
  std::string body;
  http::FailureKind failure = http::FailureKind::none;
};

class Asking {
 public:
  Asking(const http::Handler& handler, std::string_view path, std::string_view query = {},
         http::Method method = http::Method::get, std::string_view router = {});
  ~Asking();
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;

  // Runs what is ready, without waiting for anything.
  void turn() {
    loop_.run_once(false);
    loop_.run_once(false);
  }
  // Runs what is ready, after waiting for something to be.
  void wait() { loop_.run_once(true); }
  bool answered() const { return answer_.has_value(); }
  const Answer& answer() const { return *answer_; }
  http::Exchange& exchange() { return exchange_; }

 private:
  loop::Task<void> ask(const http::Handler& handler);

  loop::EventLoop loop_;
  http::Exchange exchange_{loop_};
  loop::TaskScope tasks_{loop_};
  std::optional<Answer> answer_;
};

// One that is answered at once.
Answer ask(const http::Handler& handler, std::string_view path, std::string_view query = {},
           http::Method method = http::Method::get, std::string_view router = {});

}  // namespace mooring::test
