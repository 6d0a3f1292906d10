#include "proxy/upstream/health_check.h"

#include <algorithm>
#include <random>
#include <utility>

#include "proxy/upstream/gate_pace.h"

namespace mooring::upstream {
namespace {

constexpr std::uint64_t kJitterPercent = 10;

std::uint64_t milliseconds(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 1));
}

}  // namespace

struct HealthCheck::State {
  loop::EventLoop& loop;
  HealthQuestion question;
  NameLookup lookup;  // a copy: the task may outlive whoever made the check
  Told told;
  void* context;
  HealthCall call{};
  loop::Sleep sleep;
  std::minstd_rand random{std::random_device{}()};
  bool stopped = false;
  bool eager;
  bool well;
  bool again = false;  // begin_again() was called
  GatePace pace;
  std::int64_t in_a_row = 0;  // answers that speak for a change
  std::string why;            // what was told last

  State(loop::EventLoop& on, HealthQuestion what, NameLookup by, bool eagerly, Told then, void* with)
      : loop(on),
        question(std::move(what)),
        lookup(std::move(by)),
        told(then),
        context(with),
        sleep(on),
        eager(eagerly),
        well(!eagerly),
        pace(on.now_ms()) {}

  // Whether somebody has to be told.
  bool take(const HealthAnswer& answer);
  std::uint64_t wait_ms();
};

bool HealthCheck::State::take(const HealthAnswer& answer) {
  if (answer.kind == HealthAnswer::Kind::unknown) return false;
  const bool good = answer.kind == HealthAnswer::Kind::well;
  const config::HealthCheckConfig& check = question.check;
  in_a_row = good == well ? 0 : in_a_row + 1;
  const std::int64_t needed = eager ? 1 : good ? check.rise : check.fall;
  const bool changes = good != well && in_a_row >= needed;
  if (changes) {
    well = good;
    in_a_row = 0;
    eager = false;
  }
  const bool another_reason = !well && !good && answer.why != why;
  if (changes || another_reason) why = answer.why;
  return changes || another_reason;
}

std::uint64_t HealthCheck::State::wait_ms() {
  if (eager) {
    // Whoever asks what is sick more often than the gate goes on asking as often.
    return std::min(pace.wait_ms(loop.now_ms()), milliseconds(question.check.unhealthy_interval));
  }
  const std::uint64_t interval = milliseconds(well ? question.check.interval : question.check.unhealthy_interval);
  const std::uint64_t spread = interval * kJitterPercent / 100;
  return interval - spread + std::uniform_int_distribution<std::uint64_t>(0, 2 * spread)(random);
}

HealthCheck::HealthCheck(loop::EventLoop& loop, loop::TaskScope& scope, const config::ServerConfig& server,
                         const config::HealthCheckConfig& config, const NameLookup& lookup, bool eager, Told told,
                         void* context)
    : state_(std::make_shared<State>(loop, health_question(server, config), lookup, eager, told, context)) {
  scope.spawn(run(state_));
}

HealthCheck::~HealthCheck() {
  state_->stopped = true;
  state_->call.cancel();
  state_->sleep.wake();
}

bool HealthCheck::is_for(const config::ServerConfig& server, const config::HealthCheckConfig& config) const {
  const HealthQuestion other = health_question(server, config);
  const HealthQuestion& mine = state_->question;
  return mine.check == other.check && mine.host == other.host && mine.port == other.port && mine.path == other.path;
}

bool HealthCheck::well() const {
  return state_->well;
}

void HealthCheck::begin_again() {
  State& state = *state_;
  state.eager = true;
  state.well = false;
  state.in_a_row = 0;
  state.why.clear();
  state.pace = GatePace(state.loop.now_ms());
  state.again = true;
  state.sleep.wake();
}

loop::Task<void> HealthCheck::run(std::shared_ptr<State> state) {
  // Whoever makes a check is not told anything while he does.
  co_await state->sleep.wait(0);
  while (!state->stopped) {
    if (state->again) {
      state->again = false;
      state->sleep.reset();
    }
    const HealthAnswer answer = co_await ask_health(state->loop, state->question, state->lookup, state->call);
    if (state->stopped) co_return;
    // What was asked of its former life says nothing of the new one.
    if (state->again) continue;
    const bool tell = state->take(answer);
    const std::uint64_t wait = state->wait_ms();
    if (tell) state->told(state->context, state->well, state->why);
    if (state->stopped) co_return;
    co_await state->sleep.wait(wait);
  }
}

}  // namespace mooring::upstream
