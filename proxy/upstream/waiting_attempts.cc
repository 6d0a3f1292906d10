#include "proxy/upstream/waiting_attempts.h"

#include <utility>
#include <vector>

namespace mooring::upstream {

WaitingAttempts::Place::Place(WaitingAttempts& all, const http::KeptBody& body, const Endpoint& endpoint,
                              const Balancer* balancer, std::uint64_t tried, bool repeatable)
    : all_(all),
      body_(body),
      endpoint_(endpoint),
      balancer_(balancer),
      tried_(tried),
      repeatable_(repeatable),
      before_(all.last_) {
  if (before_ != nullptr) before_->after_ = this;
  all_.last_ = this;
}

WaitingAttempts::Place::~Place() {
  if (before_ != nullptr) before_->after_ = after_;
  (after_ != nullptr ? after_->before_ : all_.last_) = before_;
}

void WaitingAttempts::Place::on_lost(void (*action)(void* context), void* context) {
  action_ = action;
  context_ = context;
}

bool WaitingAttempts::Place::movable() const {
  return repeatable_ && body_.can_rewind() && balancer_->another_left(tried_);
}

void WaitingAttempts::give_up(std::string_view container_id, bool movable_only) {
  // What is closed may resume its task at once, and that takes its place out of the list.
  std::vector<Place*> lost;
  for (Place* place = last_; place != nullptr; place = place->before_) {
    const std::string_view id = place->endpoint_.id();
    const bool its = id.size() > container_id.size() && id.starts_with(container_id) && id[container_id.size()] == ':';
    if (!its || place->lost_ || place->action_ == nullptr) continue;
    if (movable_only && !place->movable()) continue;
    lost.push_back(place);
  }
  for (Place* place : lost) {
    place->lost_ = true;
    std::exchange(place->action_, nullptr)(place->context_);
  }
}

}  // namespace mooring::upstream
