// The provider's thread: the one loop that connects, subscribes, lists, inspects and publishes.
//
// Made by DockerProvider::start, run on its thread until stop(). A small state machine over Client (what goes over the
// wire) and ContainerTable (what is known); all waiting is in Client::poll. Times and sizes stand here, with reasons.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "providers/docker/backoff.h"
#include "providers/docker/client.h"
#include "providers/docker/container_table.h"
#include "providers/docker/fragment_builder.h"
#include "providers/docker/own_container.h"
#include "providers/provider.h"
#include "proxy/config/options.h"

namespace mooring::docker {

// A burst of starts becomes one table, a single start is not held up: the first change goes at once, the next ones
// together this much later.
inline constexpr std::chrono::milliseconds kCollect{10};
// A connection that lived this long and ends is most likely a proxy's idle timeout: the next try does not wait.
inline constexpr std::chrono::seconds kLongLived{10};
inline constexpr std::size_t kMostTransfers = 4;
// A busy engine lists 1,000 containers in about 2 s.
inline constexpr Limits kListLimits{std::chrono::seconds(30), kMaxListBytes};
// An inspect takes 2 to 20 ms, and hangs where the container's lock is held.
inline constexpr Limits kInspectLimits{std::chrono::seconds(5), kMaxInspectBytes};
inline constexpr Limits kSmallLimits{std::chrono::seconds(5), kMaxSmallBytes};
// How long the reply's head may be away after the subscription to the events.
inline constexpr std::chrono::seconds kOpenDeadline{10};

// Our range of API versions: 1.24 is Docker 1.12; 1.44 is the least that Docker 29 takes.
inline constexpr int kLeastApi = 24;
inline constexpr int kMostApi = 44;

// The version to speak, as "1.N", from what the engine offers ("1.41") and the least it takes (may be empty); the error
// is one sentence.
std::expected<std::string, std::string> choose_api_version(std::string_view offered, std::string_view least);

class Session {
 public:
  using Clock = std::chrono::steady_clock;

  Session(const config::DockerOptions& options, const EngineEndpoint& endpoint, std::function<Identity()> identity,
          providers::Sink& sink);

  void run();
  // Any thread: makes run() return.
  void stop();

 private:
  enum class Stage { waiting, greeting, subscribing, following, finished };

  void connect();
  void greeted(const Reply& reply);
  void subscribe();
  void subscribed();
  void lost(const std::string& error);
  void stream_ended(int status, const std::string& error);
  void list();
  void listed(const Reply& reply);
  void inspect_more();
  void inspected(const std::string& id, const Reply& reply);
  void event_line(std::string_view line);
  bool seen_before(const Event& event);
  void publish(Clock::time_point now);
  void settle();
  void report();
  std::string api(std::string_view path) const;
  std::string events_path() const;
  void step();
  std::chrono::milliseconds until_next(Clock::time_point now) const;

  config::DockerOptions options_;
  std::function<Identity()> identity_;
  providers::Sink& sink_;
  FragmentBuilder builder_;
  ContainerTable table_;
  Client client_;
  std::atomic<bool> stopping_{false};

  Stage stage_ = Stage::waiting;
  Clock::time_point retry_at_;       // of waiting
  Clock::time_point open_deadline_;  // of subscribing
  Clock::time_point connected_since_;
  Clock::time_point next_list_;
  Clock::time_point last_publish_;
  Backoff backoff_;
  bool list_wanted_ = false;
  bool listing_ = false;
  bool following_ = false;  // the event stream is open
  bool synced_ = false;     // the sink was told
  bool resync_ = false;     // the next listing comes after a lost connection
  bool event_since_list_ = false;
  std::int64_t greeted_at_ = 0;  // the engine's clock at the greeting, seconds since the epoch
  std::int64_t last_event_ns_ = 0;
  std::deque<std::string> recent_;  // keys of the last events: a stream reopened with `since` repeats some
  providers::EngineStatus status_;
  providers::EngineStatus reported_;
  Clock::time_point reported_at_;
};

}  // namespace mooring::docker
