#include "proxy/upstream/balanced_service.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <new>
#include <utility>

#include "proxy/http/hop_by_hop.h"
#include "proxy/observe/timestamp.h"
#include "proxy/upstream/hold.h"

namespace mooring::upstream {
namespace {

constexpr int kMaxEndpoints = 3;
// With somebody else to ask, nobody waits half a minute for a host that is not there.
constexpr std::uint64_t kImpatientDialMs = 2000;
// How long a connection may have been idle for a request that cannot be repeated: shorter than any keep-alive timeout
// that servers are known to have.
constexpr std::uint64_t kFreshEnoughMs = 1000;
constexpr std::uint64_t kCheapMs = 50;
constexpr std::uint64_t kAnyAge = ~std::uint64_t{0};

bool repeatable(http::Method method) {
  switch (method) {
    case http::Method::get:
    case http::Method::head:
    case http::Method::options:
    case http::Method::trace:
    case http::Method::put:
    case http::Method::delete_:
      return true;
    default:
      return false;
  }
}

// Whether the same request may be sent once more after this failure.
bool may_repeat(const http::Exchange& exchange, const http::Failure& failure) {
  if (exchange.canceled()) return false;
  switch (failure.kind) {
    case http::FailureKind::connection_refused:
    case http::FailureKind::connection_timeout:
    case http::FailureKind::connection_terminated:
    case http::FailureKind::http_response_incomplete:  // of its head: nothing of it went to the client
      break;
    default:
      return false;
  }
  if (!exchange.body.can_rewind()) return false;
  return failure.nothing_sent || repeatable(exchange.request.method);
}

// A port that is closed says so at once, and nothing of the others. Where several containers are stopped together their
// ports are closed before the engine's events say so: such an attempt does not count against kMaxEndpoints.
bool cheap(const http::Failure& failure, std::uint64_t took_ms) {
  return failure.kind == http::FailureKind::connection_refused && took_ms <= kCheapMs;
}

// That nobody listens there is news for the other requests. `alone`: they have nobody else to go to.
void tell_refusal(Endpoint& endpoint, const Attempted& attempted, bool alone) {
  // One that ends and resets what it accepts is as good as one that refuses. Of one that is in service a lost
  // connection says little: a client could ask for what makes it crash, and so put out one after the other.
  const bool turned_off = attempted.dialed && !attempted.given_up && endpoint.state() == EndpointState::draining &&
                          attempted.response.failure.kind == http::FailureKind::connection_terminated;
  if (turned_off) return endpoint.saw(Seen::kRefused);
  if (attempted.connected) return;
  std::uint8_t seen = 0;
  if (attempted.response.failure.kind == http::FailureKind::connection_refused) seen = Seen::kRefused;
  if (attempted.response.failure.kind == http::FailureKind::connection_timeout) seen = Seen::kSilent;
  if (seen != 0) endpoint.saw(static_cast<std::uint8_t>(seen | (alone ? Seen::kAlone : 0)));
}

// For services with a passive check: what the request met. That an idle connection was dead says nothing, nor that we
// gave the endpoint up.
void observe_outcome(const http::Exchange& exchange, const Server& server, const Attempted& attempted, bool fresh) {
  if (server.passive == nullptr) return;
  const http::Failure& failure = attempted.response.failure;
  if (!failure) return server.passive->answered(attempted.response.head.status);
  const bool replaced = attempted.connected && !fresh && may_repeat(exchange, failure);
  if (failure.side != http::Side::upstream || replaced || attempted.given_up) return;
  server.passive->failed(failure.detail.empty() ? http::to_string(failure.kind) : failure.detail);
}

void keep_for_log(http::Exchange& exchange, const http::ResponseHead& head) {
  exchange.origin.status = head.status;
  if (!exchange.origin.keep_fields) return;
  auto* const fields =
      new (exchange.arena.allocate(sizeof(http::HeaderMap), alignof(http::HeaderMap))) http::HeaderMap(exchange.arena);
  for (const http::Field& field : head.fields) fields->add(field.name, field.value);
  exchange.origin.fields = fields;
}

AttemptPlan plan_of(const http::Exchange& exchange, const Balancer& balancer, std::uint32_t index, std::uint64_t tried,
                    bool fresh) {
  const Server& server = balancer.servers()[index];
  AttemptPlan plan;
  plan.server = &server;
  plan.balancer = &balancer;
  plan.tried = tried | Balancer::bit(index);
  plan.repeatable = repeatable(exchange.request.method);
  // HTTP/1.0 may come without a host, 1.1 to the upstream may not: then it is the server's own, as Go's client says it.
  const bool pass_host = balancer.policy().pass_host_header && !exchange.request.authority.empty();
  plan.host = pass_host ? exchange.request.authority : std::string_view(server.authority);
  plan.response_header_ms = server.transport->response_header_ms;
  plan.dial_ms = server.transport->dial_ms;
  if (balancer.another_left(plan.tried)) {
    plan.dial_ms = plan.dial_ms == 0 ? kImpatientDialMs : std::min(plan.dial_ms, kImpatientDialMs);
  }
  if (!fresh) {
    const bool draining = server.endpoint->state() == EndpointState::draining;
    plan.max_idle_ms = plan.repeatable ? kAnyAge : (draining ? 0 : kFreshEnoughMs);
  }
  return plan;
}

http::Response nobody(http::Exchange& exchange, std::string_view why) {
  http::Response response(exchange.arena);
  response.failure = exchange.canceled();
  if (response.failure) return response;
  response.failure.kind = http::FailureKind::destination_unavailable;
  response.failure.side = http::Side::proxy;
  response.failure.nothing_sent = true;
  response.failure.retry_after = 1;
  response.failure.detail = why;
  return response;
}

// Nobody accepts connections, and nothing was sent: the same as if nobody were ready.
bool turned_away(const http::Exchange& exchange, const http::Failure& failure) {
  return failure.kind == http::FailureKind::connection_refused && failure.nothing_sent && !exchange.canceled();
}

class Stopwatch {
 public:
  explicit Stopwatch(const Server& server) : latency_(server.endpoint->latency()) {
    if (latency_ != nullptr) begun_ = std::chrono::steady_clock::now();
  }
  void answered() const {
    if (latency_ == nullptr) return;
    const auto took = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun_);
    latency_->add(static_cast<std::uint32_t>(std::clamp<std::int64_t>(took.count(), 1, UINT32_MAX)));
  }

 private:
  LatencyWindow* latency_;
  std::chrono::steady_clock::time_point begun_;
};

}  // namespace

std::optional<std::uint32_t> BalancedService::first_choice(const http::Exchange& exchange) const {
  if (const auto pinned = pinned_in(exchange, *balancer_, *balancer_)) return pinned;
  return balancer_->choose(0, client_of(exchange));
}

loop::Task<http::Response> BalancedService::handle(http::Exchange& exchange) const {
  exchange.service = balancer_->service();
  if (exchange.origin.timed) exchange.origin.began = std::chrono::steady_clock::now();
  if (!exchange.request.nominated.empty()) http::drop_nominated(exchange.request);
  Hold hold(exchange, *balancer_);
  const Balancer* balancer = balancer_.get();
  std::optional<std::uint32_t> index = first_choice(exchange);
  std::uint64_t tried = 0;
  int endpoints = 1;
  bool fresh = false;
  bool refused = false;
  while (true) {
    if (!index) {
      const Hold::Found found = co_await hold.wait(refused);
      if (found.balancer == nullptr) co_return nobody(exchange, found.why);
      balancer = found.balancer;
      index = found.index;
      tried = 0;
      endpoints = 1;
      fresh = false;
    }
    const Server& server = balancer->servers()[*index];
    exchange.server_url = server.url;
    const std::uint64_t begun = exchange.loop.now_ms();
    const Stopwatch stopwatch(server);
    Attempted attempted = co_await attempt(exchange, plan_of(exchange, *balancer, *index, tried, fresh));
    EndpointCounters& counters = server.endpoint->counters.of(exchange.worker);
    observe_outcome(exchange, server, attempted, fresh);
    if (!attempted.response.failure) {
      counters.last_request.set(observe::wall_ms());
      stopwatch.answered();
      exchange.answered = {.balancer = balancer_.get(), .index = *index};
      keep_for_log(exchange, attempted.response.head);
      co_return std::move(attempted.response);
    }
    counters.failures.add(1);
    tell_refusal(*server.endpoint, attempted, !balancer->another_left(tried | Balancer::bit(*index)));
    if (!may_repeat(exchange, attempted.response.failure)) co_return std::move(attempted.response);
    // One that has gone meanwhile is not asked once more.
    if (attempted.connected && !fresh && !attempted.given_up && server.endpoint->takes_pinned()) {
      fresh = true;
    } else {
      tried |= Balancer::bit(*index);
      if (!cheap(attempted.response.failure, exchange.loop.now_ms() - begun)) ++endpoints;
      index = endpoints > kMaxEndpoints ? std::nullopt : balancer->choose(tried, client_of(exchange));
      refused = turned_away(exchange, attempted.response.failure);
      if (!index && !refused && !attempted.given_up) co_return std::move(attempted.response);
      fresh = false;
    }
    ++exchange.retries;
    exchange.body.rewind();
  }
}

}  // namespace mooring::upstream
