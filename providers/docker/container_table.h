// What is known of the engine's containers, and what follows from each change: which to inspect, what to tell the sink.
//
// The provider's memory, without any network: it is fed listings, inspects and events, and keeps the fragments that
// were published. Owned by the provider, on its thread. What must not wait (stopping, killed, gone, a changed state)
// leaves through `observe` in the same call; changed fragments and removals are collected until take_update(). Events
// are doorbells: an inspect says what is. Source: Docker Engine API, containers and events.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "providers/docker/container.h"
#include "providers/docker/engine_json.h"
#include "providers/docker/fragment_builder.h"
#include "providers/docker/own_container.h"
#include "providers/provider.h"

namespace mooring::docker {

class ContainerTable {
 public:
  using Clock = std::chrono::steady_clock;
  using Observe = std::function<void(providers::ContainerEvent)>;

  ContainerTable(const FragmentBuilder& builder, Observe observe) : builder_(builder), observe_(std::move(observe)) {}

  // Call when the request for a listing leaves; events after that are newer than what the listing will say.
  void listing_starts() {
    previous_listing_ = listing_since_;
    listing_since_ = ++sequence_;
  }
  // True when the listing showed a change that no event had told of.
  bool listed(std::vector<Container> containers, const Identity& identity);

  void happened(const Event& event);

  // The next container to inspect, or nothing. Fresh ones first; one that failed waits, and only one such is tried at
  // a time, so that an engine that hangs on some containers still answers for the others.
  std::optional<std::string> next_inspect(Clock::time_point now);
  // When next_inspect() may have something that it did not have now: the earliest second try.
  std::optional<Clock::time_point> next_retry() const;
  void inspected(const std::string& id, Container container);
  void inspect_failed(const std::string& id, const std::string& error, Clock::time_point now);
  void not_there(const std::string& id);  // the engine says 404
  // The connection was lost: inspects in progress will never answer.
  void inspects_lost();

  // Every container of the first listing was looked at, with whatever result.
  bool settled() const { return first_look_.empty(); }

  // Of all containers that are known, whether they carry our labels or not.
  std::vector<std::string> ids() const;

  bool has_changes() const { return !changed_.empty(); }
  bool has_removals() const { return !removed_.empty(); }
  // What the sink has to be told; afterwards there are no changes.
  providers::Update take_update();
  // Call when that update is with the sink: tells what can only be said of a container it knows.
  void published();
  // Containers that cannot be inspected: kept as they were.
  config::Problems problems() const;
  const std::optional<OwnContainer>& own() const { return own_; }

 private:
  struct Record {
    Container listed;                    // of the last listing, or what an event told
    std::optional<Container> inspected;  // the last good inspect
    bool in_listing = false;             // `listed` is from a listing
    bool dirty = false;                  // waits in fresh_ or failed_
    bool inspecting = false;
    bool again = false;  // something happened while it was being inspected
    std::uint64_t touched = 0;
    int failures = 0;
    std::string error;
    Clock::time_point retry_at;
    config::FragmentPtr fragment;  // as published, or about to be
    std::set<std::string> networks;
    providers::ContainerState state;
    bool gone = false;              // the sink was told so
    std::vector<int> kill_signals;  // came before the first inspect
  };
  using Records = std::map<std::string, Record>;

  bool watched(const std::string& id, const Record& record) const;
  void look_at(const std::string& id, Record& record);
  void network_event(const Event& event);
  void died(const std::string& id, Record& record);
  void killed(const std::string& id, Record& record, int signal);
  void state_event(const Event& event, Record& record);
  void set_error(const std::string& id, Record& record, std::string error);
  Record* record_of(const Event& event);
  void remove(Records::iterator position);
  void rebuild(const std::string& id, Record& record);
  void rebuild_dependents(const Record& target);
  void rebuild_all();
  void set_own(std::optional<OwnContainer> own);
  void replace(const std::string& id, Record& record, Built built, providers::ContainerState state);
  void tell_state(const std::string& id, Record& record, providers::ContainerState state);
  bool take_listed(Container& entry);
  void announce_newcomer(const Event& event);
  void newcomer_ended(const std::string& id);
  bool drop_missing(const std::set<std::string>& present);
  const Container* find(std::string_view id_or_name) const;
  Surroundings surroundings() const;

  const FragmentBuilder& builder_;
  Observe observe_;
  Records records_;
  std::optional<OwnContainer> own_;
  std::set<std::string> targets_;  // containers whose network others share
  std::deque<std::string> fresh_;
  std::set<std::string> failed_;
  std::string retrying_;          // the failed one in progress
  std::set<std::string> erring_;  // whose last inspect failed
  std::uint64_t sequence_ = 0;
  std::uint64_t listing_since_ = 0;
  std::uint64_t previous_listing_ = 0;
  bool listed_once_ = false;
  std::set<std::string> first_look_;
  std::map<std::string, std::string> replacing_;  // a newcomer, and whom it is to replace
  std::set<std::string> changed_;
  std::set<std::string> removed_;
  std::vector<providers::ContainerEvent> late_;
};

}  // namespace mooring::docker
