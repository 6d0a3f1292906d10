#include "proxy/server/drain_book.h"

#include <algorithm>
#include <set>
#include <utility>

#include "proxy/loop/offload.h"
#include "proxy/observe/log.h"
#include "proxy/observe/timestamp.h"

namespace mooring::server {
namespace {

using Phase = DrainView::Phase;

constexpr std::uint64_t kLookMs = 100;
constexpr std::uint64_t kIdleLookMs = 1'000;  // when all are over: only so that what is shown is true
constexpr std::int64_t kLongestMs = std::int64_t{24} * 3600 * 1000;  // a deadline in the journal may be anything
// So long does a session count that was seen last just before this process began.
constexpr std::uint64_t kSessionsKnownMs = std::chrono::milliseconds(observe::Sessions::kKept).count();
// To count the sessions of many workers takes its time: at most a fiftieth of one CPU's.
constexpr std::uint64_t kCountShare = 50;

std::int64_t sum(const upstream::Endpoint& endpoint, observe::Count upstream::EndpointCounters::* counter) {
  return endpoint.counters.sum([counter](const upstream::EndpointCounters& cell) { return (cell.*counter).get(); });
}

bool empty(const DrainView& view) {
  return view.in_flight == 0 && view.tunnels == 0 && view.sessions == 0;
}

}  // namespace

DrainBook::DrainBook(loop::EventLoop& loop, upstream::EndpointRegistry& registry, const observe::Sessions& sessions,
                     std::function<void(const upstream::EndpointPtr&)> close_tunnels)
    : loop_(loop),
      registry_(registry),
      sessions_(sessions),
      close_tunnels_(std::move(close_tunnels)),
      next_look_(loop.deadlines(), look, this),
      tasks_(loop) {}

void DrainBook::resume(DrainJournal& journal) {
  journal_ = &journal;
  const std::int64_t now = observe::wall_ms();
  const std::lock_guard lock(mutex_);
  for (const DrainView& found : journal.orders()) {
    Order& order = orders_[found.target.id];
    order.view = found;
    order.view.states = "not running";
    const bool over = found.phase != Phase::draining;
    const auto left = static_cast<std::uint64_t>(std::clamp<std::int64_t>(found.deadline_ms - now, 0, kLongestMs));
    order.deadline_at_ms = loop_.now_ms() + left;
    order.sessions_known_at_ms = loop_.now_ms() + kSessionsKnownMs;
    if (over) {
      registry_.order_drain(found.target.id);
    } else {
      registry_.resume_drain(found.target.id);
    }
    observe::log_info("{} is {} by a person's order, which was given before this process", found.target.name,
                      over ? "in maintenance" : "draining");
  }
  if (!orders_.empty()) next_look_.set(0);
}

void DrainBook::listed(const std::vector<std::string>& containers) {
  std::vector<std::string> unknown;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, order] : orders_) {
      const bool listed = std::ranges::any_of(containers, [&](const auto& one) { return upstream::is_of(id, one); });
      if (!listed && !id.contains("://")) unknown.push_back(id);  // a server given by URL is in no listing
    }
  }
  for (const std::string& id : unknown) undo(id);
}

DrainView DrainBook::order(const DrainTarget& target, std::chrono::milliseconds deadline) {
  registry_.order_drain(target.id);
  const std::lock_guard lock(mutex_);
  Order& order = orders_[target.id];
  const std::int64_t now = observe::wall_ms();
  if (order.view.since_ms == 0) order.view.since_ms = now;
  order.view.target = target;
  order.view.deadline_ms = now + deadline.count();
  order.deadline_at_ms = loop_.now_ms() + static_cast<std::uint64_t>(deadline.count());
  // What was left at the old deadline may end in the new time.
  if (order.view.phase == Phase::deadline_passed) order.view.phase = Phase::draining;
  if (order.view.phase == Phase::draining) next_look_.set(0);
  // Whoever orders is told at once what there is; from then on it is counted aside.
  count_sessions();
  if (journal_ != nullptr) journal_->put(order.view);
  return counted(order.view);
}

bool DrainBook::undo(const std::string& id) {
  const bool ordered = forget(id);
  const bool leaves = registry_.undo_drain(id);
  return ordered || leaves;
}

void DrainBook::removed(const std::string& container_id) {
  const std::lock_guard lock(mutex_);
  std::erase_if(orders_, [&](const auto& order) {
    const bool its = upstream::is_of(order.first, container_id);
    if (its && journal_ != nullptr) journal_->remove(order.first);
    return its;
  });
}

bool DrainBook::forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (journal_ != nullptr) journal_->remove(id);
  return orders_.erase(id) != 0;
}

std::vector<DrainView> DrainBook::views() const {
  const std::lock_guard lock(mutex_);
  std::vector<DrainView> views;
  views.reserve(orders_.size());
  for (const auto& [id, order] : orders_) views.push_back(order.view);
  std::ranges::sort(views, {}, [](const DrainView& view) { return view.target.name; });
  return views;
}

void DrainBook::look(void* context) {
  auto& self = *static_cast<DrainBook*>(context);
  const std::lock_guard lock(self.mutex_);
  bool busy = false;
  for (auto& [id, order] : self.orders_) {
    self.look_at(order);
    busy = busy || order.view.phase == Phase::draining;
  }
  if (busy && !self.busy() && std::chrono::steady_clock::now() >= self.next_count_) {
    self.tasks_.spawn(self.count_aside());
  }
  if (!self.orders_.empty()) self.next_look_.set(busy ? kLookMs : kIdleLookMs);
}

// One that is over is looked at as well: what is left of it may still end.
void DrainBook::look_at(Order& order) {
  order.view = counted(order.view);
  // A worker may have chosen it in the moment before it was taken out.
  if (order.view.phase == Phase::deadline_passed && order.view.tunnels > 0) close_tunnels_of(order.view.target.id);
  if (order.view.phase != Phase::draining) return;
  const bool late = loop_.now_ms() >= order.deadline_at_ms;
  // Twice in a row: a worker may have chosen it in the moment before it was taken out.
  const bool looks_empty = empty(order.view) && loop_.now_ms() >= order.sessions_known_at_ms;
  const bool drained = std::exchange(order.looked_empty, looks_empty) && looks_empty;
  if (!late && !drained) return;
  const DrainView& left = order.view;
  order.view.phase = drained ? Phase::drained : Phase::deadline_passed;
  if (drained) {
    observe::log_info("{} is drained", left.target.name);
  } else {
    observe::log_warning(
        "the drain's deadline of {} has passed: {} requests in flight may end, {} WebSockets are closed, {} sessions "
        "move",
        left.target.name, left.in_flight, left.tunnels, left.sessions);
    close_tunnels_of(left.target.id);
  }
  if (journal_ != nullptr) journal_->put(order.view);
  registry_.end_drain(left.target.id, drained ? upstream::LifeEvent::drained : upstream::LifeEvent::drain_deadline);
}

void DrainBook::close_tunnels_of(const std::string& id) const {
  for (const upstream::EndpointPtr& endpoint : registry_.endpoints_of(id)) close_tunnels_(endpoint);
}

void DrainBook::count_sessions() {
  const auto now = std::chrono::steady_clock::now();
  if (now >= next_count_) take(sessions_.count(std::chrono::system_clock::now()), now);
}

// The control loop's time is everybody's: a container that ends must not wait for a count.
loop::Task<void> DrainBook::count_aside() {
  observe::Sessions::Counts counts;
  const auto begun = std::chrono::steady_clock::now();
  co_await loop::offload(loop_, [&] { counts = sessions_.count(std::chrono::system_clock::now()); });
  take(std::move(counts), begun);
}

void DrainBook::take(observe::Sessions::Counts counts, std::chrono::steady_clock::time_point begun) {
  counts_ = std::move(counts);
  const auto took = std::chrono::steady_clock::now() - begun;
  next_count_ =
      begun + std::max<std::chrono::steady_clock::duration>(std::chrono::milliseconds(kLookMs), took * kCountShare);
}

// The order with what is left of it now.
DrainView DrainBook::counted(const DrainView& order) {
  DrainView view = order;
  view.in_flight = view.tunnels = 0;
  std::set<std::string_view> states;
  std::vector<std::uint64_t> with_sessions;
  for (const upstream::EndpointPtr& endpoint : registry_.endpoints_of(view.target.id)) {
    const std::int64_t tunnels = sum(*endpoint, &upstream::EndpointCounters::tunnels);
    view.tunnels += tunnels;
    view.in_flight += std::max<std::int64_t>(0, sum(*endpoint, &upstream::EndpointCounters::in_flight) - tunnels);
    states.insert(to_string(endpoint->state()));
    if (endpoint->takes_pinned()) with_sessions.push_back(endpoint->cookie_part());
  }
  view.states = states.empty() ? "not running" : std::string();
  for (const std::string_view state : states) view.states.append(view.states.empty() ? "" : ", ").append(state);
  // Where none is taken any more, none is waited for: it gets another endpoint with its next request.
  view.sessions = 0;
  view.sessions_estimated = false;
  if (with_sessions.empty()) return view;
  view.sessions_estimated = counts_.estimated;
  for (const std::uint64_t part : with_sessions) {
    if (const auto found = counts_.by_endpoint.find(part); found != counts_.by_endpoint.end()) {
      view.sessions += found->second;
    }
  }
  return view;
}

}  // namespace mooring::server
