#include "proxy/upstream/name_watch.h"

#include <utility>
#include <vector>

namespace mooring::upstream {

struct NameWatch::State {
  loop::EventLoop& loop;
  std::string host;
  NameLookup lookup;
  NamePace pace;
  Lost lost;
  void* context;
  loop::Sleep sleep;
  bool stopped = false;

  State(loop::EventLoop& on, std::string whom, NameLookup by, NamePace at, Lost then, void* with)
      : loop(on), host(std::move(whom)), lookup(std::move(by)), pace(at), lost(then), context(with), sleep(on) {}
};

NameWatch::NameWatch(loop::EventLoop& loop, loop::TaskScope& scope, std::string host, const NameLookup& lookup,
                     NamePace pace, Lost lost, void* context)
    : state_(std::make_shared<State>(loop, std::move(host), lookup, pace, lost, context)) {
  scope.spawn(run(state_));
}

NameWatch::~NameWatch() {
  state_->stopped = true;
  state_->sleep.wake();
}

const std::string& NameWatch::host() const {
  return state_->host;
}

loop::Task<void> NameWatch::run(std::shared_ptr<State> state) {
  int failures = 0;
  while (!state->stopped) {
    const std::uint64_t wait = failures == 0 ? state->pace.interval_ms : state->pace.again_ms;
    co_await state->sleep.wait(wait);
    if (state->stopped) co_return;
    const std::vector<loop::SocketAddress> found = co_await state->lookup(state->loop, state->host, 0);
    if (state->stopped) co_return;
    failures = found.empty() ? failures + 1 : 0;
    if (failures < state->pace.failures) continue;
    state->lost(state->context);
    co_return;
  }
}

}  // namespace mooring::upstream
