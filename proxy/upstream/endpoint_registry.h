// EndpointRegistry: all endpoints by identity, and the one place that changes their states.
//
// Lives on the control loop. It hears what the engine says of containers, runs the connect gate (a TCP connect before
// the first request), looks host names up again now and then, and minds the time that a container takes to stop.
// Endpoints outlive snapshots; one that no snapshot names any more is dropped with the last reference. Docker ids come
// from the provider; nothing here asks the engine.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "proxy/config/merge.h"
#include "proxy/config/updates.h"
#include "proxy/loop/resolve.h"
#include "proxy/loop/task_scope.h"
#include "proxy/upstream/endpoint.h"
#include "proxy/upstream/endpoint_life.h"
#include "proxy/upstream/name_watch.h"
#include "proxy/upstream/probe.h"

namespace mooring::upstream {

class EndpointRegistry {
 public:
  // A container that still runs this long after its StopTimeout was not stopped after all.
  static constexpr std::chrono::milliseconds kStopSlack{5'000};

  // `changed` is called after each change of a state.
  EndpointRegistry(loop::EventLoop& loop, std::function<void()> changed,
                   std::chrono::milliseconds stop_slack = kStopSlack, NameLookup lookup = loop::resolve,
                   NamePace pace = {});
  ~EndpointRegistry();

  // The endpoint of a server; made when it is new, in the state that its container is known to be in.
  EndpointPtr endpoint(const config::MergedServer& server);
  // Only this endpoint has had this URL since the first listing.
  bool sole_owner(const config::MergedServer& server) const;

  void apply(const config::ContainerEvent& event);
  // Which endpoints the table reaches now: these are probed, the others are not; the rest is forgotten.
  void reached(const std::vector<config::MergedServer>& servers);
  // Whether some endpoint of the container may take requests.
  bool ready(const std::string& container_id) const;

  // Ends the probes; probing() is false once the loop has run what that takes.
  void stop();
  bool probing() const { return tasks_.size() != 0; }

 private:
  struct Entry {
    EndpointPtr endpoint;
    std::string container_id;  // empty for a server given by URL
    std::string label;         // for the log
    config::ServerConfig server;
    std::unique_ptr<Probe> probe;
    std::unique_ptr<NameWatch> name_watch;
    bool nameless = false;  // its host name was not found the last time
    std::unique_ptr<loop::Deadline> stop_deadline;
    EndpointRegistry* registry = nullptr;
    bool reached = false;
  };

  void feed(Entry& entry, LifeEvent event, const std::string& detail = {});
  void feed_known(Entry& entry);
  void watch(Entry& entry);
  void watch_soon(std::string id);
  static void stop_ignored(void* context);
  static void probed(void* context);
  static void looked_up(void* context, bool found);
  static void name_lost(void* context);

  loop::EventLoop& loop_;
  std::function<void()> changed_;
  std::chrono::milliseconds stop_slack_;
  NameLookup lookup_;
  NamePace pace_;
  loop::TaskScope tasks_;
  std::map<std::string, std::unique_ptr<Entry>> entries_;     // by endpoint id
  std::map<std::string, config::ContainerState> containers_;  // what is known, by container id
  std::map<std::string, std::set<std::string>> owners_;       // URL → endpoint ids that ever had it, two at most
};

}  // namespace mooring::upstream
