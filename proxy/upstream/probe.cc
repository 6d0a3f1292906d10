#include "proxy/upstream/probe.h"

#include <optional>
#include <utility>

#include "proxy/upstream/gate_pace.h"

namespace mooring::upstream {
namespace {

constexpr std::uint64_t kDialMs = 1'000;

}  // namespace

struct Probe::State {
  loop::EventLoop& loop;
  loop::Places& places;
  std::string host;
  std::uint16_t port;
  std::optional<loop::SocketAddress> address;  // unset: `host` is a name
  NameLookup lookup;                           // a copy: the task may outlive whoever made the probe
  Told told;
  loop::ConnectAttempt connecting;
  loop::Sleep sleep;
  bool stopped = false;

  State(loop::EventLoop& on, loop::Places& one_of, std::string to, std::uint16_t at, NameLookup by, Told whom)
      : loop(on),
        places(one_of),
        host(std::move(to)),
        port(at),
        address(loop::SocketAddress::from_ip(host, at)),
        lookup(std::move(by)),
        told(whom),
        sleep(on) {}
};

Probe::Probe(loop::EventLoop& loop, loop::TaskScope& scope, loop::Places& places, std::string host, std::uint16_t port,
             const NameLookup& lookup, Told told)
    : state_(std::make_shared<State>(loop, places, std::move(host), port, lookup, told)) {
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
  GatePace pace(state->loop.now_ms());
  while (!state->stopped) {
    std::vector<loop::SocketAddress> addresses;
    if (const auto& known = state->address; known) {
      addresses.push_back(*known);
    } else {
      addresses = co_await state->lookup(state->loop, state->host, state->port);
      if (state->stopped) co_return;
      state->told.looked_up(state->told.context, !addresses.empty());
    }
    for (const loop::SocketAddress& address : addresses) {
      co_await state->places.enter();
      loop::Connected connected = std::unexpected(loop::Io::canceled);
      if (!state->stopped) {
        connected = co_await loop::connect(state->loop, address, kDialMs, &state->connecting);
      }
      state->places.leave();
      if (state->stopped) co_return;
      if (connected) {
        (*connected)->close(true);
        state->told.accepted(state->told.context);
        co_return;
      }
    }
    co_await state->sleep.wait(pace.wait_ms(state->loop.now_ms()));
  }
}

}  // namespace mooring::upstream
