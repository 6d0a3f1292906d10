// A sink that remembers: what the provider said, in order, and a way to wait for it. Any thread; owned by the test.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "providers/provider.h"

namespace mooring::docker {

class RecordingSink : public providers::Sink {
 public:
  struct Said {
    std::map<std::string, config::FragmentPtr> fragments;  // as they stand
    std::map<std::string, providers::ContainerState> states;
    std::vector<providers::ContainerEvent> events;  // of observe()
    std::vector<providers::EngineStatus> statuses;
    std::set<std::string> ever;  // ids of fragments that were there at any time
    std::size_t updates = 0;
    bool synced = false;

    std::size_t count(providers::ContainerEvent::Kind kind, const std::string& id) const {
      std::size_t found = 0;
      for (const auto& event : events) {
        found += event.kind == kind && event.container_id == id ? 1 : 0;
      }
      return found;
    }
    providers::EngineStatus status() const { return statuses.empty() ? providers::EngineStatus{} : statuses.back(); }
  };

  void publish(providers::Update update) override {
    const std::lock_guard lock(mutex_);
    ++said_.updates;
    said_.synced = said_.synced || update.synced;
    for (const auto& fragment : update.changed) {
      said_.fragments[fragment->id] = fragment;
      said_.ever.insert(fragment->id);
    }
    for (const auto& state : update.states) {
      said_.states[state.container_id] = state.state;
    }
    for (const auto& id : update.removed) {
      said_.fragments.erase(id);
    }
    changed_.notify_all();
  }

  void observe(providers::ContainerEvent event) override {
    const std::lock_guard lock(mutex_);
    if (event.kind == providers::ContainerEvent::Kind::changed) {
      said_.states[event.container_id] = event.state;
    }
    said_.events.push_back(std::move(event));
    changed_.notify_all();
  }

  void report(providers::EngineStatus status) override {
    const std::lock_guard lock(mutex_);
    said_.statuses.push_back(std::move(status));
    changed_.notify_all();
  }

  // Waits until `condition(said)` holds; false after ten seconds.
  template <typename Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return condition(said_); });
  }

  Said said() {
    const std::lock_guard lock(mutex_);
    return said_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Said said_;
};

}  // namespace mooring::docker
