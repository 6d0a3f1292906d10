#include "providers/docker/container_table.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>
#include <utility>

#include "providers/docker/names.h"

namespace mooring::docker {

namespace {

using providers::ContainerEvent;
using providers::ContainerState;
using providers::Phase;

// Problems of ports and networks.
constexpr std::array<std::string_view, 8> kEndpointCodes = {"L020", "L021", "L030", "L031",
                                                            "L032", "L033", "L034", "L035"};
constexpr std::chrono::milliseconds kFirstRetry{500};
constexpr std::chrono::milliseconds kLastRetry{30'000};

std::chrono::milliseconds retry_after(int failures) {
  const int doublings = std::min(failures - 1, 6);
  return std::min(kLastRetry, kFirstRetry * (1 << doublings));
}

// What is left of Mooring's own container: it has no endpoint and is never published, but its labels may send routers
// to internal services (the API), and define middlewares for everybody, as people write on Traefik's own container.
Built internal_only(Built built) {
  if (!built.fragment) {
    return built;
  }
  auto fragment = std::make_shared<config::Fragment>(*built.fragment);
  fragment->services.clear();
  std::erase_if(fragment->routers, [](const auto& entry) { return !entry.second.service.ends_with("@internal"); });
  // Ports and networks are nobody's business where there is no endpoint.
  std::erase_if(fragment->problems, [](const config::Problem& problem) {
    return std::ranges::find(kEndpointCodes, problem.code) != kEndpointCodes.end();
  });
  built.fragment.reset();
  if (!fragment->routers.empty() || !fragment->middlewares.empty() || !fragment->problems.empty()) {
    built.fragment = std::move(fragment);
  }
  return built;
}

}  // namespace

// What carries our labels is watched, and whatever the others' addresses depend on: Mooring itself, and containers
// whose network is shared.
bool ContainerTable::watched(const std::string& id, const Record& record) const {
  return (own_ && own_->id == id) || targets_.contains(id) || builder_.wants(record.listed.labels);
}

void ContainerTable::look_at(const std::string& id, Record& record) {
  if (record.inspecting) {
    record.again = true;
  } else if (failed_.contains(id)) {
    record.retry_at = {};  // due now, but still one of those that are tried one at a time
  } else if (!record.dirty) {
    record.dirty = true;
    fresh_.push_back(id);
  }
}

std::optional<std::string> ContainerTable::next_inspect(Clock::time_point now) {
  // An event may come before the first listing. What it is about must wait: it could be Mooring itself.
  if (!listed_once_) {
    return std::nullopt;
  }
  while (!fresh_.empty()) {
    std::string id = std::move(fresh_.front());
    fresh_.pop_front();
    const auto found = records_.find(id);
    if (found != records_.end() && found->second.dirty && !found->second.inspecting) {
      found->second.dirty = false;
      found->second.inspecting = true;
      return id;
    }
  }
  if (retrying_.empty()) {
    for (const std::string& id : failed_) {
      Record& record = records_.at(id);
      if (record.retry_at <= now) {
        record.dirty = false;
        record.inspecting = true;
        retrying_ = id;
        failed_.erase(id);
        return retrying_;
      }
    }
  }
  return std::nullopt;
}

std::optional<ContainerTable::Clock::time_point> ContainerTable::next_retry() const {
  std::optional<Clock::time_point> next;
  if (retrying_.empty()) {
    for (const std::string& id : failed_) {
      const auto at = records_.at(id).retry_at;
      next = next ? std::min(*next, at) : at;
    }
  }
  return next;
}

void ContainerTable::inspected(const std::string& id, Container container) {
  if (retrying_ == id) {
    retrying_.clear();
  }
  const auto found = records_.find(id);
  if (found == records_.end()) {
    return;  // destroyed meanwhile
  }
  Record& record = found->second;
  record.inspecting = false;
  record.failures = 0;
  set_error(id, record, {});
  if (std::exchange(record.again, false)) {
    look_at(id, record);  // an event came since it was asked for: the reply may be older than the event
    return;
  }
  first_look_.erase(id);
  record.inspected = std::move(container);
  if (own_ && own_->id == id && !record.inspected->network_mode.starts_with(kSharedPrefix)) {
    OwnContainer own = *own_;
    own.networks = record.inspected->networks;
    set_own(std::move(own));
  }
  rebuild(id, record);
  rebuild_dependents(record);
}

void ContainerTable::inspect_failed(const std::string& id, const std::string& error, Clock::time_point now) {
  first_look_.erase(id);
  if (retrying_ == id) {
    retrying_.clear();
  }
  if (const auto found = records_.find(id); found != records_.end()) {
    Record& record = found->second;
    record.inspecting = false;
    record.again = false;
    record.dirty = true;
    set_error(id, record, error);
    record.retry_at = now + retry_after(++record.failures);
    failed_.insert(id);
  }
}

// Asked for after every reply and every event: those without an error must not be looked at each time.
void ContainerTable::set_error(const std::string& id, Record& record, std::string error) {
  if (error.empty()) {
    erring_.erase(id);
  } else {
    erring_.insert(id);
  }
  record.error = std::move(error);
}

void ContainerTable::not_there(const std::string& id) {
  first_look_.erase(id);
  if (retrying_ == id) {
    retrying_.clear();
  }
  if (const auto found = records_.find(id); found != records_.end()) {
    remove(found);
  }
}

void ContainerTable::inspects_lost() {
  retrying_.clear();
  for (auto& [id, record] : records_) {
    if (std::exchange(record.inspecting, false)) {
      record.again = false;
      look_at(id, record);
    }
  }
}

void ContainerTable::remove(Records::iterator position) {
  const std::string id = position->first;
  if (position->second.fragment) {
    if (!position->second.gone) {
      observe_({ContainerEvent::Kind::gone, id, {}, {}});
    }
    changed_.erase(id);
    removed_.insert(id);
  }
  // Also of one that had stopped, and is in no table: a person's order may be left of it.
  if (watched(id, position->second)) {
    observe_({ContainerEvent::Kind::removed, id, {}, {}});
  }
  first_look_.erase(id);
  failed_.erase(id);
  erring_.erase(id);
  if (retrying_ == id) {
    retrying_.clear();
  }
  const Record record = std::move(position->second);
  records_.erase(position);
  rebuild_dependents(record);
}

const Container* ContainerTable::find(std::string_view id_or_name) const {
  const auto by_id = records_.find(std::string(id_or_name));
  const auto found = by_id != records_.end() ? by_id : std::ranges::find_if(records_, [&](const auto& entry) {
    return entry.second.listed.name == id_or_name || (id_or_name.size() >= 12 && entry.first.starts_with(id_or_name));
  });
  if (found == records_.end()) {
    return nullptr;
  }
  const std::optional<Container>& inspected = found->second.inspected;
  return inspected ? &*inspected : &found->second.listed;
}

Surroundings ContainerTable::surroundings() const {
  Surroundings around;
  around.own = own_;
  around.network = builder_.options().network;
  around.use_bind_port_ip = builder_.options().use_bind_port_ip;
  around.find = [this](std::string_view id_or_name) { return find(id_or_name); };
  return around;
}

void ContainerTable::rebuild(const std::string& id, Record& record) {
  const bool own = own_ && own_->id == id;
  if (!record.inspected && (own || builder_.wants(record.listed.labels))) {
    return;  // until it has been looked at
  }
  if (own) {
    replace(id, record, internal_only(builder_.build(*record.inspected, surroundings())), {});
    return;
  }
  const Container& container = record.inspected ? *record.inspected : record.listed;
  if (container.network_mode.starts_with(kSharedPrefix) && builder_.wants(container.labels)) {
    const std::string target = container.network_mode.substr(kSharedPrefix.size());
    const auto other = records_.find(target);
    if (targets_.insert(target).second && other != records_.end() && !other->second.inspected) {
      look_at(target, other->second);
    }
  }
  // Between two runs a container has no address. Its route stays as it was, so that its sessions do.
  if (record.fragment && container.status == "restarting") {
    tell_state(id, record, state_of(container));
    return;
  }
  replace(id, record, builder_.build(container, surroundings()), state_of(container));
}

void ContainerTable::replace(const std::string& id, Record& record, Built built, ContainerState state) {
  record.networks = std::move(built.networks);
  if (!built.fragment) {
    if (record.fragment) {
      // An inspect can be answered before the event that says so: whoever waits for this container is told all the
      // same.
      if (!record.gone) {
        observe_({ContainerEvent::Kind::gone, id, {}, {}});
      }
      changed_.erase(id);
      removed_.insert(id);
    }
    record.fragment.reset();
    record.gone = false;
    return;
  }
  if (record.fragment && *record.fragment == *built.fragment) {
    tell_state(id, record, std::move(state));
    return;
  }
  record.fragment = std::move(built.fragment);
  record.state = std::move(state);
  record.gone = false;
  removed_.erase(id);
  changed_.insert(id);
}

void ContainerTable::tell_state(const std::string& id, Record& record, ContainerState state) {
  if (record.state == state && !record.gone) {
    return;
  }
  record.state = std::move(state);
  record.gone = false;
  if (!changed_.contains(id)) {  // else the update that waits says it
    observe_({ContainerEvent::Kind::changed, id, record.state, {}});
  }
}

void ContainerTable::rebuild_dependents(const Record& target) {
  if (!targets_.contains(target.listed.id) && !targets_.contains(target.listed.name)) {
    return;
  }
  for (auto& [id, record] : records_) {
    const std::string& mode = record.inspected ? record.inspected->network_mode : record.listed.network_mode;
    if (mode == std::string(kSharedPrefix) + target.listed.id ||
        mode == std::string(kSharedPrefix) + target.listed.name) {
      rebuild(id, record);
    }
  }
}

void ContainerTable::rebuild_all() {
  for (auto& [id, record] : records_) {
    rebuild(id, record);
  }
}

void ContainerTable::set_own(std::optional<OwnContainer> own) {
  if (own != own_) {
    own_ = std::move(own);
    rebuild_all();
  }
}

providers::Update ContainerTable::take_update() {
  providers::Update update;
  update.provider = "docker";
  for (const std::string& id : changed_) {
    Record& record = records_.at(id);
    update.changed.push_back(record.fragment);
    const auto kind = record.gone ? ContainerEvent::Kind::gone : ContainerEvent::Kind::changed;
    update.states.push_back({kind, id, record.state, {}});
    // It was asked to end before it was first looked at.
    for (const int signal : std::exchange(record.kill_signals, {})) {
      if (record.inspected && signal == record.inspected->stop_signal && record.state.phase == Phase::running) {
        late_.push_back({ContainerEvent::Kind::stopping, id, {}, record.inspected->stop_timeout});
      }
    }
  }
  update.removed.assign(removed_.begin(), removed_.end());
  changed_.clear();
  removed_.clear();
  return update;
}

void ContainerTable::published() {
  for (ContainerEvent& event : std::exchange(late_, {})) {
    observe_(std::move(event));
  }
}

std::vector<std::string> ContainerTable::ids() const {
  const auto all = std::views::keys(records_);
  return {all.begin(), all.end()};
}

config::Problems ContainerTable::problems() const {
  config::Problems problems;
  for (const std::string& id : erring_) {
    const Record& record = records_.at(id);
    config::Problem problem;
    problem.code = "D003";
    problem.severity = config::Severity::warning;
    problem.where = label_for_people(record.listed);
    problem.text = record.error;
    problem.in_force = record.fragment ? "what was known of it before" : "it is not published";
    problem.fix = "it is tried again; see whether `docker inspect " + id.substr(0, 12) + "` answers";
    problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace mooring::docker
