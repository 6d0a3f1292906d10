// How large a table may be: what loading, one change and one match cost with few routers and with many.
//
//   table_scale                the figures, and whether the goals are reached (exit status 1: not)
//   table_scale match ROUTERS  matches 20,000 requests; under callgrind (test/bench/scale) only these are counted
//
// Everything between a provider and a worker is there: merge, snapshot, and letting the old one go; without the engine,
// without the files' parsers, and without endpoints' probes.
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <format>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/merger.h"
#include "proxy/routing/snapshot_builder.h"
#include "proxy/upstream/affinity.h"

namespace {

using namespace mooring;
// Time of this process on a CPU: there is one thread, nothing waits, and what else the machine does is not counted.
double now_ms() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// One router, one service, one server, as a container's labels make them.
void add_router(config::Fragment& fragment, int number, std::string_view rule_tail = "") {
  const std::string name = std::format("app{}", number);
  config::RouterConfig& router = fragment.routers[name];
  router.rule = std::format("Host(`{}.example.test`){}", name, rule_tail);
  router.service = name;
  config::ServerConfig server;
  server.id = std::format("{}:{}", fragment.id, number);
  server.host = std::format("10.{}.{}.{}", number >> 16, (number >> 8) & 255, number & 255);
  fragment.services[name].servers = {server};
}

config::FragmentPtr container(int number, std::string_view rule_tail = "") {
  config::Fragment fragment;
  fragment.id = fragment.origin.container_id = std::format("{:064x}", number);
  fragment.origin.label = std::format("shop/app-{}", number);
  fragment.origin.project = "shop";
  fragment.origin.service = std::format("app{}", number);
  fragment.origin.created = number;
  add_router(fragment, number, rule_tail);
  return std::make_shared<const config::Fragment>(std::move(fragment));
}

config::FragmentPtr file(int routers, int changed = -1) {
  config::Fragment fragment;
  fragment.id = fragment.origin.label = "dynamic.yml";
  fragment.origin.provider = "file";
  for (int i = 0; i < routers; ++i) add_router(fragment, i, i == changed ? " && PathPrefix(`/v2`)" : "");
  return std::make_shared<const config::Fragment>(std::move(fragment));
}

// The control loop's part, without its loop.
class Plane {
 public:
  Plane() {
    for (const char* name : {"web", "websecure"}) options_.entry_points[name].name = name;
    builder_ = std::make_unique<routing::SnapshotBuilder>(routing::TableSetup{
        .options = options_,
        .internal_routes = internal_routes_,
        .internal_services = internal_services_,
        .endpoint = [this](const config::MergedServer& server) { return endpoint(server.config.id); },
        .sole_owner = [](const config::MergedServer&) { return true; },
        .sessions = nullptr,
    });
  }

  void publish() {
    const config::MergeChange change = merger.settle([](const config::Fragment&) { return config::Readiness::ready; });
    snapshot = builder_->build(merger.merged(), change).snapshot;  // the old one goes here
  }

  config::Merger merger;
  routing::SnapshotPtr snapshot;

 private:
  upstream::EndpointPtr endpoint(const std::string& id) {
    upstream::EndpointPtr& entry = endpoints_[id];
    if (entry == nullptr) entry = std::make_shared<upstream::Endpoint>(id, upstream::sha256_head(id));
    return entry;
  }

  config::Options options_;
  std::vector<routing::InternalRoute> internal_routes_;
  routing::InternalServices internal_services_;
  std::map<std::string, upstream::EndpointPtr> endpoints_;
  std::unique_ptr<routing::SnapshotBuilder> builder_;
};

// The middle of several: others use this machine too.
template <typename Once>
double median_ms(int rounds, Once once) {
  std::vector<double> all;
  for (int i = 0; i < rounds; ++i) all.push_back(once(i));
  std::ranges::nth_element(all, all.begin() + rounds / 2);
  return all[static_cast<std::size_t>(rounds / 2)];
}

// One container of `count` gets another rule, again and again.
double change_ms(int count) {
  Plane plane;
  for (int i = 0; i < count; ++i) plane.merger.put(container(i));
  plane.publish();
  return median_ms(201, [&](int round) {
    const config::FragmentPtr changed = container(round * 7 % count, std::format(" && Path(`/{}`)", round));
    const double start = now_ms();
    plane.merger.put(changed);
    plane.publish();
    return now_ms() - start;
  });
}

// One container comes, and goes again.
double event_ms(int count) {
  Plane plane;
  for (int i = 0; i < count; ++i) plane.merger.put(container(i));
  plane.publish();
  return median_ms(201, [&](int round) {
    const config::FragmentPtr fresh = container(count + round);
    const double start = now_ms();
    plane.merger.put(fresh);
    plane.publish();
    const double cost = now_ms() - start;
    plane.merger.remove("docker", fresh->id);
    plane.publish();
    return cost;
  });
}

// A file is read anew in which one router is another.
double file_change_ms(int count) {
  Plane plane;
  plane.merger.put(file(count));
  plane.publish();
  return median_ms(11, [&](int round) {
    const config::FragmentPtr changed = file(count, round);
    const double start = now_ms();
    plane.merger.put(changed);
    plane.publish();
    return now_ms() - start;
  });
}

double load_ms(const std::vector<config::FragmentPtr>& fragments) {
  Plane plane;
  const double start = now_ms();
  for (const config::FragmentPtr& fragment : fragments) plane.merger.put(fragment);
  plane.publish();
  const double cost = now_ms() - start;
  if (plane.snapshot->routes.empty()) std::abort();
  return cost;
}

struct Goal {
  const char* what;
  double ms;
  double limit_ms;  // 0: no goal of its own
};

int figures() {
  std::vector<config::FragmentPtr> containers;
  for (int i = 0; i < 5'000; ++i) containers.push_back(container(i));
  const Goal goals[] = {
      {"50,000 routers of one file: merged and in a table", load_ms({file(50'000)}), 5'000},
      {"5,000 containers: merged and in a table", load_ms(containers), 2'000},
      {"a container starts among 10", event_ms(10), 0},
      {"a container starts among 5,000", event_ms(5'000), 20},
      {"one router changes among 10", change_ms(10), 0},
      {"one router changes among 10,000", change_ms(10'000), 50},
      {"one router changes in a file of 10,000 (without parsing)", file_change_ms(10'000), 50},
  };
  bool missed = false;
  for (const Goal& goal : goals) {
    const bool miss = goal.limit_ms > 0 && goal.ms > goal.limit_ms;
    missed = missed || miss;
    std::printf("%-60s %10.3f ms%s\n", goal.what, goal.ms, miss ? "  MISSED" : "");
  }
  return missed ? 1 : 0;
}

// Named in test/bench/scale: what callgrind counts.
[[gnu::noinline]] int match_all(const routing::RouteTable& table, const std::vector<http::RequestHead*>& requests,
                                const config::IpAddress& peer) {
  int found = 0;
  for (const http::RequestHead* request : requests) found += table.match(*request, peer) != nullptr ? 1 : 0;
  return found;
}

int match(int routers) {
  Plane plane;
  plane.merger.put(file(routers));
  plane.publish();
  constexpr int kRequests = 20'000;
  http::Arena arena;
  std::vector<std::unique_ptr<http::RequestHead>> heads;
  std::vector<http::RequestHead*> requests;
  for (int i = 0; i < kRequests; ++i) {
    auto& head = heads.emplace_back(std::make_unique<http::RequestHead>(arena));
    // Names of one length, whatever the number of routers: comparing a longer name is not what is counted.
    head->host = head->authority = arena.copy(std::format("app{}.example.test", i % std::min(routers, 10)));
    head->target = head->path = head->routing_path = "/";
    requests.push_back(head.get());
  }
  const int found = match_all(plane.snapshot->tables.at(0), requests, config::IpAddress::parse("192.0.2.1").value());
  std::printf("%d of %d matched among %zu routers\n", found, kRequests, plane.snapshot->routes.size());
  return found == kRequests ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "match") return match(std::atoi(argv[2]));
  return figures();
}
