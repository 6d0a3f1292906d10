#include "proxy/upstream/probe.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "proxy/loop/resolve.h"

namespace mooring::upstream {
namespace {

constexpr std::uint64_t kShortestIntervalMs = 5;
constexpr std::uint64_t kFirstIntervalMs = 100;
constexpr std::uint64_t kEagerMs = 5'000;
constexpr std::uint64_t kLongestIntervalMs = 5'000;
constexpr std::uint64_t kDialMs = 1'000;

}  // namespace

struct Probe::State {
  loop::EventLoop& loop;
  std::string host;
  std::uint16_t port;
  Accepted accepted;
  void* context;
  loop::ConnectAttempt connecting;
  loop::Sleep sleep;
  bool stopped = false;

  State(loop::EventLoop& on, std::string to, std::uint16_t at, Accepted then, void* with)
      : loop(on), host(std::move(to)), port(at), accepted(then), context(with), sleep(on) {}
};

Probe::Probe(loop::EventLoop& loop, loop::TaskScope& scope, std::string host, std::uint16_t port, Accepted accepted,
             void* context)
    : state_(std::make_shared<State>(loop, std::move(host), port, accepted, context)) {
  scope.spawn(run(state_));
}

Probe::~Probe() {
  state_->stopped = true;
  state_->connecting.cancel();
  state_->sleep.wake();
}

const std::string& Probe::host() const {
  return state_->host;
}

loop::Task<void> Probe::run(std::shared_ptr<State> state) {
  const std::uint64_t start = state->loop.now_ms();
  std::uint64_t interval = kFirstIntervalMs;
  while (!state->stopped) {
    std::optional<loop::SocketAddress> address = loop::SocketAddress::from_ip(state->host, state->port);
    if (!address) address = co_await loop::resolve(state->loop, state->host, state->port);
    if (state->stopped) co_return;
    if (address) {
      loop::Connected connected = co_await loop::connect(state->loop, *address, kDialMs, &state->connecting);
      if (state->stopped) co_return;
      if (connected) {
        (*connected)->close(true);
        state->accepted(state->context);
        co_return;
      }
    }
    const std::uint64_t waited = state->loop.now_ms() - start;
    if (waited >= kEagerMs) interval = std::min(interval * 2, kLongestIntervalMs);
    // Most servers listen some milliseconds after their start: to ask again after 100 would more than double that.
    co_await state->sleep.wait(std::clamp(waited / 4, kShortestIntervalMs, interval));
  }
}

}  // namespace mooring::upstream
