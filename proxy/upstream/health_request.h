// One question of a health check: an HTTP/1.1 request to one address, and what its answer means.
//
// On a connection of its own, which is closed behind it; within one time for all of it (look-up aside, which the system
// bounds). Redirects to the same host are followed, ten at most; any other counts by its status. The body is read for a
// moment and up to a few KiB, so that the server need not see a reset, and is not looked at. Knows no interval and no
// history (health_check.h). Control loop. Source: compat page, section 3.5; RFC 9110, section 15.4.
#pragma once

#include <cstdint>
#include <string>

#include "proxy/config/dynamic.h"
#include "proxy/loop/connect.h"
#include "proxy/upstream/probe.h"

namespace mooring::upstream {

struct HealthAnswer {
  enum class Kind : std::uint8_t {
    well,
    sick,
    unknown,  // it could not be asked: we were out of descriptors or ports, or the question was canceled
  };
  Kind kind = Kind::unknown;
  std::string why;  // for people: "GET /health: 503, wanted 2xx or 3xx"
};

// Whom to ask, and what: settings and the server they are for.
struct HealthQuestion {
  config::HealthCheckConfig check;
  std::string host;  // an IP address or a name
  std::uint16_t port = 80;
  std::string path;       // with its query; never empty
  std::string authority;  // for the Host field
};

HealthQuestion health_question(const config::ServerConfig& server, const config::HealthCheckConfig& check);

// A handle on a question in progress: cancel() ends it soon. It must outlive the task.
class HealthCall {
 public:
  HealthCall() = default;
  HealthCall(const HealthCall&) = delete;
  HealthCall& operator=(const HealthCall&) = delete;
  void cancel();

 private:
  friend class HealthTalk;
  loop::ConnectAttempt connecting_;
  loop::Stream* stream_ = nullptr;
  bool canceled_ = false;
};

// `question`, `lookup` and `call` must outlive the task.
loop::Task<HealthAnswer> ask_health(loop::EventLoop& loop, const HealthQuestion& question, const NameLookup& lookup,
                                    HealthCall& call);

}  // namespace mooring::upstream
