// The part of ContainerTable that takes what the engine tells: its events and its listings.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "providers/docker/container_table.h"

namespace mooring::docker {

namespace {

using providers::ContainerEvent;
using providers::Health;
using providers::Phase;

constexpr int kSigKill = 9;
constexpr std::string_view kReplaces = "com.docker.compose.replace";
constexpr std::array kSameService = {"com.docker.compose.project", "com.docker.compose.service"};

}  // namespace

// The record that an event is about. An unknown container gets one, where its labels (the event has them) say that it
// could be published.
ContainerTable::Record* ContainerTable::record_of(const Event& event) {
  auto found = records_.find(event.id);
  if (found == records_.end()) {
    if (event.id.empty() || event.action != "start" || !builder_.wants(event.labels)) {
      return nullptr;
    }
    found = records_.emplace(event.id, Record{}).first;
    found->second.listed.id = event.id;
    found->second.listed.name = label_of(event.labels, "name");
    found->second.listed.labels = event.labels;
  }
  found->second.touched = ++sequence_;
  return &found->second;
}

void ContainerTable::happened(const Event& event) {
  if (event.type == "network") {
    network_event(event);
    return;
  }
  if (event.type != "container") {
    return;
  }
  if (event.action == "create" || event.action == "start") {
    announce_newcomer(event);
  } else if (event.action == "die" || event.action == "destroy") {
    newcomer_ended(event.id);
  }
  if (event.action == "destroy") {
    if (const auto found = records_.find(event.id); found != records_.end()) {
      remove(found);
    }
    return;
  }
  Record* record = record_of(event);
  if (record == nullptr) {
    return;
  }
  if (event.action == "kill") {
    killed(event.id, *record, event.signal);
  } else if (event.action == "die" || event.action == "stop") {
    died(event.id, *record);
  } else if (event.action != "create") {  // what was only created has nothing to route to; its start will come
    state_event(event, *record);
  }
}

// Compose makes the newcomer first, with the name or id of the container that it will stop next. Only within one
// Compose service: whoever writes labels must not drain what is another's.
void ContainerTable::announce_newcomer(const Event& event) {
  const std::string target = label_of(event.labels, std::string(kReplaces));
  const Container* old = target.empty() || replacing_.contains(event.id) ? nullptr : find(target);
  if (old == nullptr || old->id == event.id) {
    return;
  }
  const auto found = records_.find(old->id);
  const bool same = std::ranges::all_of(kSameService, [&](const char* key) {
    const std::string value = label_of(old->labels, key);
    return !value.empty() && value == label_of(event.labels, key);
  });
  if (!same || found == records_.end() || !found->second.fragment) {
    return;
  }
  replacing_[event.id] = old->id;
  ContainerEvent hint{ContainerEvent::Kind::superseded, old->id, {}, {}};
  hint.successor = event.id;
  observe_(std::move(hint));
}

void ContainerTable::newcomer_ended(const std::string& id) {
  const auto found = replacing_.find(id);
  if (found == replacing_.end()) {
    return;
  }
  ContainerEvent event{ContainerEvent::Kind::not_superseded, found->second, {}, {}};
  event.successor = id;
  replacing_.erase(found);
  observe_(std::move(event));
}

void ContainerTable::killed(const std::string& id, Record& record, int signal) {
  if (!record.inspected) {
    if (record.kill_signals.size() < 8) {
      record.kill_signals.push_back(signal);
    }
    return;
  }
  if (!record.fragment) {
    return;
  }
  if (signal == kSigKill) {
    observe_({ContainerEvent::Kind::killed, id, {}, {}});
    record.gone = true;
  } else if (signal == record.inspected->stop_signal) {
    observe_({ContainerEvent::Kind::stopping, id, {}, record.inspected->stop_timeout});
  }
}

void ContainerTable::died(const std::string& id, Record& record) {
  record.kill_signals.clear();
  if (record.fragment) {
    observe_({ContainerEvent::Kind::gone, id, {}, {}});
    record.gone = true;
  }
  if (watched(id, record)) {
    look_at(id, record);
  }
}

// The new state is in the event: it is told at once, and the inspect that follows adds the reason.
void ContainerTable::state_event(const Event& event, Record& record) {
  if (event.action == "start") {
    record.kill_signals.clear();
  } else if (record.fragment && !record.gone) {
    providers::ContainerState state = record.state;
    if (event.action == "pause" || event.action == "unpause") {
      state.phase = event.action == "pause" ? Phase::paused : Phase::running;
    } else if (event.action == "health_status") {
      state.health = event.detail == "healthy"     ? Health::healthy
                     : event.detail == "unhealthy" ? Health::unhealthy
                                                   : state.health;
    }
    if (state.health != record.state.health) {
      state.why.clear();
    }
    tell_state(event.id, record, std::move(state));
  }
  if (watched(event.id, record)) {
    look_at(event.id, record);
  }
}

void ContainerTable::network_event(const Event& event) {
  const auto found = records_.find(event.id);
  if (found == records_.end() || (event.action != "connect" && event.action != "disconnect")) {
    return;
  }
  Record& record = found->second;
  record.touched = ++sequence_;
  if (event.action == "disconnect" && record.fragment && !record.gone && record.networks.contains(event.network)) {
    observe_({ContainerEvent::Kind::gone, event.id, {}, {}});
    record.gone = true;
  }
  if (watched(event.id, record)) {
    look_at(event.id, record);
  }
}

// Files one entry of a listing. True when it says something that neither the last listing nor an inspect since has
// said.
bool ContainerTable::take_listed(Container& entry) {
  Record& record = records_[entry.id];
  const bool same = record.in_listing && record.listed == entry;
  const bool agrees = record.inspected && record.inspected->name == entry.name &&
                      record.inspected->status == entry.status && record.inspected->health == entry.health &&
                      record.inspected->labels == entry.labels && record.inspected->networks == entry.networks;
  record.in_listing = true;
  record.listed = std::move(entry);
  return !same && !agrees;
}

bool ContainerTable::drop_missing(const std::set<std::string>& present) {
  bool dropped = false;
  for (auto position = records_.begin(); position != records_.end();) {
    const auto current = position++;
    if (present.contains(current->first)) {
      continue;
    }
    if (current->second.touched > listing_since_) {
      look_at(current->first, current->second);  // an event is newer than the listing: ask
      continue;
    }
    dropped = dropped || current->second.fragment;
    remove(current);
  }
  return dropped;
}

bool ContainerTable::listed(std::vector<Container> containers, const Identity& identity) {
  auto own = find_own(identity, containers);
  std::set<std::string> present;
  std::vector<std::string> different;
  for (Container& entry : containers) {
    const std::string id = entry.id;
    present.insert(id);
    if (take_listed(entry)) {
      different.push_back(id);
    }
  }
  bool surprise = drop_missing(present);
  // A newcomer of which no event told that it ended. One that is too new for the listing is drained for a moment less.
  std::vector<std::string> ended;
  for (const auto& [newcomer, old] : replacing_) {
    if (!present.contains(newcomer)) {
      ended.push_back(newcomer);
    }
  }
  std::ranges::for_each(ended, [this](const std::string& id) { newcomer_ended(id); });
  set_own(std::move(own));
  for (const std::string& id : different) {
    Record& record = records_.at(id);
    if (watched(id, record)) {
      surprise = surprise || record.touched <= previous_listing_;
      look_at(id, record);
      if (!listed_once_) {
        first_look_.insert(id);
      }
    }
    rebuild(id, record);
  }
  const bool first = !std::exchange(listed_once_, true);
  return surprise && !first;
}

}  // namespace mooring::docker
