// EndpointRegistry: all endpoints by identity, and the one place that changes their states.
//
// Lives on the control loop. It hears what the engine says of containers, what workers saw and what people order, runs
// the connect gate (a TCP connect before the first request), looks host names up again now and then, and minds the time
// that a container takes to stop, and that an endpoint which refuses connections is left out for. Endpoints outlive
// snapshots; one that no snapshot names any more is dropped with the last reference. Docker ids come from the provider;
// nothing here asks the engine. When an order's time is up, and what is left of an endpoint: proxy/server/drain_book.h.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/config/merge.h"
#include "proxy/config/updates.h"
#include "proxy/loop/places.h"
#include "proxy/loop/resolve.h"
#include "proxy/loop/task_scope.h"
#include "proxy/upstream/check_book.h"
#include "proxy/upstream/endpoint.h"
#include "proxy/upstream/endpoint_life.h"
#include "proxy/upstream/health_check.h"
#include "proxy/upstream/name_watch.h"
#include "proxy/upstream/outlier.h"
#include "proxy/upstream/probe.h"

namespace mooring::upstream {

// Whether this is the container's id, or that of an endpoint of it.
inline bool is_of(std::string_view id, std::string_view container_id) {
  return id.starts_with(container_id) && (id.size() == container_id.size() || id[container_id.size()] == ':');
}

struct Patience {
  // A container that still runs this long after its StopTimeout was not stopped after all.
  std::chrono::milliseconds stop{5'000};
  // A newcomer that has not started this long after it was made does not replace anybody.
  std::chrono::milliseconds newcomer{30'000};
};

class EndpointRegistry {
 public:
  // Connects of probes at a time. A table of 50,000 servers must not take the descriptors that clients need; and with
  // hundreds that do not answer at all, which takes a second each, a new one is still reached soon.
  static constexpr std::size_t kMostDialing = 1'000;

  // `changed` is called after each change of a state, with the container's id (empty for a server given by URL).
  EndpointRegistry(loop::EventLoop& loop, std::function<void(const std::string&)> changed, Patience patience = {},
                   NameLookup lookup = loop::resolve, NamePace pace = {});
  ~EndpointRegistry();

  // With this key the cookies of servers given by URL say nothing of their URL (options: sticky.key). Before the first
  // endpoint.
  void use_sticky_key(std::string key) { sticky_key_ = std::move(key); }
  // Takes note of whose address that is. All servers must be known before anybody is asked whether he is the only one.
  void know(const config::MergedServer& server);
  // The ids of endpoints that were the only ones at their address until know() was told of another one; each once.
  std::vector<std::string> take_shared() { return std::exchange(shared_, {}); }
  // The endpoint of a server; made when it is new, in the state that its container is known to be in.
  EndpointPtr endpoint(const config::MergedServer& server);
  // Only this endpoint has had this URL since the first listing.
  bool sole_owner(const config::MergedServer& server) const;

  void apply(const config::ContainerEvent& event);
  // What a new table changed: servers that it reaches (new ones, and known ones whose settings may be others): these
  // are probed from now on; and ids that it reaches no more: these are forgotten. Gives the containers of ready ones
  // that were.
  std::vector<std::string> reached(const std::vector<config::MergedServer>& servers,
                                   const std::vector<std::string>& unreached);
  // What services say of checks, told before reached(): such endpoints are asked by HTTP instead of by a TCP connect,
  // and go on being asked while they are ready or sick (endpoint_health.cc). A check whose settings stay goes on as is.
  void checked(const std::vector<ServiceChecks>& services);
  // What the requests of a service meet at one of its endpoints is told to this: the same for equal settings.
  std::shared_ptr<PassiveWatch> passive_watch(const std::string& service, const config::MergedServer& server,
                                              const config::PassiveHealthCheckConfig& config);
  // Of the container's endpoints the readiest; `none` where nobody knows the container.
  config::Readiness readiness(const std::string& container_id) const;

  // A person's order for a container (by its id: all its endpoints) or for one endpoint (by its own id). It holds until
  // it is undone or the container is removed, and also for endpoints that come later.
  void order_drain(const std::string& id);
  // The same, given before this process: whoever is not ready yet may become it, and drains from there on, so that
  // sessions that are pinned to it find it.
  void resume_drain(const std::string& id);
  // Its time is over: `event` is drained or drain_deadline.
  void end_drain(const std::string& id, LifeEvent event);
  // Lets back in what drains: by an order, or because it announced that itself. False: nothing did.
  bool undo_drain(const std::string& id);
  std::vector<EndpointPtr> endpoints_of(const std::string& id) const;

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
    bool nameless = false;                          // its host name was not found the last time
    std::unique_ptr<loop::Deadline> stop_deadline;  // null: it was not asked to stop
    Outlier outlier;
    std::unique_ptr<loop::Deadline> left_out;       // set: until then it is not probed
    std::string successor;                          // the newcomer that made it drain
    std::unique_ptr<loop::Deadline> hint_deadline;  // set: that newcomer has not started yet
    std::vector<std::unique_ptr<HealthCheck>> checks;
    std::unique_ptr<loop::Deadline> distrusted;  // set: until then it is out, for what requests met
    EndpointRegistry* registry = nullptr;
    bool reached = false;
  };

  Entry& entry_of(const config::MergedServer& server);
  template <typename Use>
  void each_of(const std::string& container_id, Use use);
  void feed(Entry& entry, LifeEvent event, const std::string& detail = {});
  void feed_known(Entry& entry);
  void obey_orders(Entry& entry);
  static bool is_named(const Entry& entry, const std::set<std::string>& ids);
  void feed_container(Entry& entry, const config::ContainerEvent& event);
  void superseded(const config::ContainerEvent& event);
  void undo(Entry& entry);
  void expect_end(Entry& entry, std::chrono::milliseconds timeout);
  void look_at_seen(const std::string& id);
  void refused(Entry& entry, std::uint8_t seen);
  void expect_end_or_return(Entry& entry);
  static void left_out_long_enough(void* context);
  static void newcomer_is_late(void* context);
  bool drains_only_for(const Entry& entry, const std::string& newcomer) const;
  std::vector<Entry*> named(const std::string& id) const;
  void watch(Entry& entry);
  void watch_soon(std::string id);
  void watch_health(Entry& entry);
  void settle_checks(Entry& entry);
  void distrust(const std::string& id, std::chrono::milliseconds window, const std::string& why);
  void say(Entry& entry, std::string why);
  std::string why_now(const Entry& entry, LifeEvent event, Life now, const std::string& detail) const;
  static void health_told(void* context, bool well, const std::string& why);
  static void trusted_again(void* context);
  static void stop_ignored(void* context);
  static void probed(void* context);
  static void looked_up(void* context, bool found);
  static void name_lost(void* context);

  loop::EventLoop& loop_;
  std::function<void(const std::string&)> changed_;
  Patience patience_;
  std::string sticky_key_;
  NameLookup lookup_;
  NamePace pace_;
  loop::Places dialing_;  // of the probes
  loop::TaskScope tasks_;
  std::map<std::string, std::unique_ptr<Entry>> entries_;      // by endpoint id
  std::map<std::string, config::ContainerState> containers_;   // what is known, by container id
  std::map<std::string, std::set<std::string>> of_container_;  // endpoint ids
  std::map<std::string, std::set<std::string>> owners_;        // URL → endpoint ids that ever had it, two at most
  std::vector<std::string> shared_;
  CheckBook check_book_;
  std::set<std::string> orders_;                   // ids of containers and of endpoints that a person took out
  std::set<std::string> resumed_;                  // of these the ones that are obeyed when the endpoint is ready
  std::map<std::string, std::string> successors_;  // newcomer that was never ready → whom it is to replace
};

}  // namespace mooring::upstream
