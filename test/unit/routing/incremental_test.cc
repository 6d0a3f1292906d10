// The property that the whole of section 7 of the design rests on: what comes of many small changes is what comes of
// all at once, whatever the order.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <string>

#include "proxy/routing/redirections.h"
#include "test/unit/routing/described.h"
#include "test/unit/routing/table_bench.h"

namespace mooring::routing {
namespace {

const Strings kRequests = {
    "GET a.test /", "GET a.test /x",  "GET b.test /",    "GET x.a.test /",   "GET x.b.test /x", "GET c.test /y",
    "GET - /",      "POST a.test /x", "GET d.test /api", "OPTIONS a.test *", "GET y.a.test /",  "GET nobody /z",
};

// Containers and files with few names, so that they often meet: several generations and projects, pools, chains,
// broken things, references to other providers. Every second world is calm: mostly replicas of one project, so that
// pools come and go.
class World {
 public:
  explicit World(unsigned seed) : random_(seed), calm_(seed % 2 == 0) {}

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::string any(std::initializer_list<const char*> all) { return all.begin()[below(all.size())]; }

  // One of a dozen containers, or of three files.
  config::FragmentPtr fragment() {
    const bool file = one_in(calm_ ? 20 : 5);
    const auto number = static_cast<int>(calm_ && !file ? 1 + 3 * below(4) : below(file ? 3 : 12));
    config::Fragment made;
    config::Origin& origin = made.origin;
    origin.provider = file ? "file" : "docker";
    made.id = (file ? "f" : "c") + std::to_string(number);
    origin.label = made.id;
    if (!file) {
      // The project follows from the number, as a container's never changes.
      origin.project = std::array{"", "shop", "blog"}[number % 3];
      origin.service = origin.project.empty() ? "" : std::array{"web", "api"}[number / 3 % 2];
      origin.container_id = made.id;
      origin.created = number / 2;
    }
    if (calm_ || !one_in(3)) add_replica(made);
    const bool plain = calm_ && !one_in(8);
    for (std::size_t i = plain ? 0 : below(3); i-- > 0;) add_router(made);
    for (std::size_t i = plain ? 0 : below(3); i-- > 0;) add_service(made);
    for (std::size_t i = plain ? 0 : below(3); i-- > 0;) add_middleware(made);
    if (file) add_transports(made);
    if (one_in(8)) made.problems.push_back({"L001", config::Severity::warning, made.id, any({"k", "l"}), "t", "f", ""});
    made.ended = !file && one_in(10);
    return std::make_shared<const config::Fragment>(made);
  }

 private:
  // What two services of one project look like that mean to share their requests.
  void add_replica(config::Fragment& made) {
    const std::string name = any({"web", "api", "web-2"});
    config::RouterConfig& router = made.routers[name];
    router.rule = one_in(calm_ ? 12 : 4) ? "Host(`b.test`)" : "Host(`a.test`)";
    router.service = name;
    router.middlewares = {"s"};
    config::ServerConfig server;
    server.id = made.id + ":80";
    server.host = "10.0.0." + std::to_string(below(4));
    made.services[name].servers = {server};
    config::StickyConfig sticky;
    sticky.cookie.name = one_in(calm_ ? 20 : 6) ? "other" : "sess";
    made.middlewares["s"] = sticky;
  }
  std::string reference(std::initializer_list<const char*> names) {
    return any(names) + any({"", "", "", "", "@docker", "@file", "@nowhere"});
  }
  std::string rule() {
    return any({"Host(`a.test`)", "Host(`a.test`)", "host(`A.test`)", "Host(`b.test`)", "Host(`*.a.test`)",
                "Host(`a.test`) && PathPrefix(`/x`)", "PathPrefix(`/x`)&&Host(`a.test`)", "PathPrefix(`/`)",
                "Host(`c.test`) || Host(`*.b.test`)", "Path(`/y`)", "Host(`", "Method(`POST`)",
                "Host(`a.test`, `b.test`)", "HostRegexp(`{sub:[a-z]+}.a.test`)", "Path(`/api/{id}`)"});
  }
  void add_router(config::Fragment& made) {
    // "web-r" is also what the part of "r" on entry point "web" is called.
    config::RouterConfig& router = made.routers[any({"r", "s", "web", "web-2", "x", "web-r", "web-web-r"})];
    router.rule = rule();
    if (one_in(3)) router.rule_syntax = any({"v2", "v2", "v3", "v1"});
    router.service = one_in(12) ? "api@internal" : reference({"web", "api", "wbe", "web-2", "unled"});
    while (one_in(2)) router.middlewares.push_back(reference({"s", "t", "all", "alls", "front"}));
    if (one_in(4)) router.entry_points = {any({"web", "websecure", "nowhere"})};
    if (one_in(6)) router.entry_points = {"websecure", "web", "web"};
    if (one_in(4)) router.priority = static_cast<std::int64_t>(below(3)) - 1;
    if (one_in(30)) router.priority = kMaxPriority + 1;
    router.default_rule = one_in(9);
    if (one_in(12)) router.broken = "broken";
  }
  void add_service(config::Fragment& made) {
    config::ServiceConfig& service = made.services[any({"web", "api", "web-2", "unled"})];
    for (std::size_t i = below(3); i-- > 0;) {
      config::ServerConfig server;
      server.port = static_cast<std::uint16_t>(80 + below(2));
      server.id = made.id + ":" + std::to_string(server.port);
      server.host = "10.0.0." + std::to_string(below(4));
      server.weight = static_cast<std::int64_t>(below(3));
      service.servers.push_back(server);
    }
    if (one_in(4)) dress(service.sticky.emplace().cookie);
    if (one_in(6)) service.servers_transport = reference({"slow", "fast", "fats"});
    if (one_in(6)) service.pass_host_header = false;
    if (one_in(8)) service.strategy = one_in(2) ? config::Strategy::leastconn : config::Strategy::hrw;
    if (one_in(8)) service.queue.timeout = std::chrono::seconds(5);
    if (one_in(15)) service.broken = "bad port";
  }
  void add_middleware(config::Fragment& made) {
    const std::string name = any({"s", "t", "all", "front", "unnamed"});
    switch (below(4)) {
      case 0:
        made.middlewares[name] = config::ChainConfig{{reference({"s", "t", "all", "tt"})}};
        break;
      case 1:
        made.middlewares[name] = config::BrokenMiddleware{"why"};
        break;
      default:
        config::StickyConfig sticky;
        dress(sticky.cookie);
        made.middlewares[name] = sticky;
    }
  }
  // With what the rules on sticky cookies are about.
  void dress(config::CookieConfig& cookie) {
    cookie.name = any({"", "sess", "sess", "other"});
    if (one_in(3)) cookie.domain = any({"a.test", "other.test"});
    if (one_in(6)) cookie.path = "/x";
    if (one_in(6)) cookie.secure = true;
    if (one_in(6)) cookie.same_site = "none";
  }
  void add_transports(config::Fragment& made) {
    for (const char* name : {"slow", "fast"}) {
      if (one_in(2)) continue;
      config::ServersTransportConfig& transport = made.servers_transports[name];
      transport.dial_timeout = std::chrono::seconds(1 + below(3));
      if (one_in(4)) transport.broken = "bad duration";
    }
  }

  std::mt19937 random_;
  bool calm_;
};

// Both ways to a table, with the same endpoints, and the same memory of who ever had which address.
class IncrementalBench {
 public:
  // `dressed`: with middlewares on entry points, so that routers are split, and with a redirection.
  explicit IncrementalBench(bool dressed) {
    for (const char* name : {"web", "websecure", "traefik"}) table_.options.entry_points[name].name = name;
    if (dressed) {
      table_.options.entry_points["web"].middlewares = {"front", "all@file"};
      table_.options.entry_points["traefik"].middlewares = {"front@docker"};
      auto& redirection = table_.options.entry_points["traefik"].redirection.emplace();
      redirection.to = "websecure";
      redirection.priority = 7;
      table_.internal_routes = redirection_routes(table_.options);
    }
    table_.internal_routes.push_back(
        {"api@internal", "PathPrefix(`/api`)", "traefik", kMaxPriority + 1, "api@internal"});
    table_.internal_services["api@internal"] = nullptr;
    table_.internal_services["noop@internal"] = nullptr;
    setup_ = std::make_unique<TableSetup>(table_.setup());
    builder_ = std::make_unique<SnapshotBuilder>(with_owners());
  }

  void put(const config::FragmentPtr& fragment) {
    fragments_[{fragment->origin.provider, fragment->id}] = fragment;
    merger_.put(fragment);
  }
  bool remove(std::size_t index) {
    if (index >= fragments_.size()) return false;
    const auto at = std::next(fragments_.begin(), static_cast<std::ptrdiff_t>(index));
    const auto key = at->first;
    fragments_.erase(at);
    merger_.remove(key.first, key.second);
    return true;
  }
  void flip(const std::string& container) {
    if (!unready_.insert(container).second) unready_.erase(container);
    merger_.readiness_changed(container);
  }

  std::string incremental() {
    const config::MergeChange change = merger_.settle(ready());
    know(merger_.merged());
    last_ = builder_->build(merger_.merged(), change, std::exchange(shared_, {}));
    count_reach();
    return described(*last_.snapshot, kRequests);
  }
  std::string full(bool shuffled, unsigned seed) {
    std::vector<config::FragmentPtr> fragments;
    for (const auto& [key, fragment] : fragments_) fragments.push_back(fragment);
    std::mt19937 random(seed);
    if (shuffled) std::ranges::shuffle(fragments, random);
    whole_ = config::merge(fragments, ready());
    const auto snapshot = build_snapshot({.merged = whole_, .fragments = fragments, .setup = with_owners()});
    problems_.assign(snapshot->problems.begin(), snapshot->problems.end());
    return described(*snapshot, kRequests);
  }
  bool merged_equal() const { return merger_.merged() == whole_; }
  // What was said to be new, and what the registry was told, come to the same as the whole.
  void check_deltas() {
    std::set<config::Problem> standing(problems_.begin(), problems_.end());
    for (const config::Problem& problem : last_.fresh) {
      REQUIRE_FALSE(said_.contains(problem));
      REQUIRE(standing.contains(problem));
    }
    for (const config::Problem& problem : standing) {
      const bool is_new = std::ranges::find(last_.fresh, problem) != last_.fresh.end();
      REQUIRE(is_new != said_.contains(problem));
    }
    said_ = std::move(standing);
    std::set<std::string> needed;
    for (const auto& [name, service] : last_.snapshot->services) {
      if (service.balancer == nullptr) continue;
      for (const upstream::Server& server : service.balancer->servers()) needed.insert(server.config.id);
    }
    REQUIRE(reached_ == needed);
  }

 private:
  config::ReadyCheck ready() const {
    return [this](const config::Fragment& fragment) {
      return unready_.contains(fragment.origin.container_id) ? config::Readiness::none : config::Readiness::ready;
    };
  }
  TableSetup with_owners() {
    TableSetup setup = *setup_;
    setup.sole_owner = [this](const config::MergedServer& server) {
      return owners_.at(server.config.url()).size() == 1;
    };
    return setup;
  }
  void know(const config::Merged& merged) {
    for (const auto& [name, service] : merged.services) {
      for (const config::MergedServer& server : service.servers) {
        std::set<std::string>& owners = owners_[server.config.url()];
        if (owners.insert(server.config.id).second && owners.size() == 2) {
          for (const std::string& owner : owners) {
            if (owner != server.config.id) shared_.push_back(owner);
          }
        }
      }
    }
  }
  void count_reach() {
    for (const std::string& id : last_.reach.unreached) reached_.erase(id);
    for (const config::MergedServer& server : last_.reach.reached) reached_.insert(server.config.id);
  }

  TableBench table_;
  std::unique_ptr<TableSetup> setup_;
  std::unique_ptr<SnapshotBuilder> builder_;
  config::Merger merger_;
  config::Merged whole_;
  std::map<std::pair<std::string, std::string>, config::FragmentPtr> fragments_;
  std::set<std::string> unready_;
  std::map<std::string, std::set<std::string>> owners_;
  std::vector<std::string> shared_;
  Built last_;
  config::Problems problems_;
  std::set<config::Problem> said_;
  std::set<std::string> reached_;
};

// Steps through worlds, and counts in how many tables each of `seen` stands.
std::map<std::string, std::size_t> steps_with(bool dressed, unsigned worlds, const Strings& seen) {
  std::map<std::string, std::size_t> counts;
  for (unsigned seed = 1; seed <= worlds; ++seed) {
    World world(seed);
    IncrementalBench bench(dressed);
    for (int step = 0; step < 40; ++step) {
      for (std::size_t changes = 1 + world.below(3); changes-- > 0;) {
        switch (world.below(6)) {
          case 0:
          case 1:
            bench.remove(world.below(15));
            break;
          case 2:
            bench.flip("c" + std::to_string(world.below(12)));
            break;
          default:
            bench.put(world.fragment());
        }
      }
      INFO("seed " << seed << ", step " << step);
      const std::string incremental = bench.incremental();
      REQUIRE(incremental == bench.full(true, seed + static_cast<unsigned>(step)));
      REQUIRE(bench.merged_equal());
      bench.check_deltas();
      for (const std::string& text : seen) counts[text] += incremental.contains(text) ? 1 : 0;
    }
  }
  return counts;
}

TEST_CASE("many small changes come to the table that all at once comes to, in any order") {
  for (const auto& [text, count] :
       steps_with(false, 60, {" into web", "shadowed by", "S03 ", "S05 ", "S08 ", "S10 ", "R009 ", "on web"})) {
    INFO(text);
    CHECK(count > 100);
  }
}

TEST_CASE("the same where entry points have middlewares: routers in parts, and a redirection") {
  for (const auto& [text, count] : steps_with(
           true, 40,
           {"route web-r@docker", "route web-r~@docker", "route web-r@file", "route traefik-to-websecure@internal",
            "front@docker used by", "all@file used by", "S03 ", "S05 ", "slow@file"})) {
    INFO(text);
    CHECK(count > 20);
  }
}

TEST_CASE("what did not change is the same object in the next table, and the old table stays as it was") {
  TableBench bench;
  for (int i = 0; i < 50; ++i) {
    const std::string name = "n" + std::to_string(i);
    Container one("p", name, 1);
    bench.add(one.router(name, "Host(`" + name + "`)", name, {"s"}).service(name).sticky("s"));
  }
  const SnapshotPtr before = std::make_shared<const Snapshot>(bench.build());
  const std::string text = described(*before, {"GET n7 /", "GET other /"});
  Container changed("p", "n7", 1);
  changed.router("n7", "Host(`other`)", "n7", {"s"}).service("n7").sticky("s");
  bench.fragments[7] = std::make_shared<const config::Fragment>(changed.fragment);
  const Snapshot& after = bench.build();
  int same = 0;
  for (const auto& route : after.routes) {
    if (*before->routes.find(route->name) == route) ++same;
  }
  CHECK(same == 49);
  CHECK(after.services.at("n8@docker").balancer == before->services.at("n8@docker").balancer);
  CHECK(described(*before, {"GET n7 /", "GET other /"}) == text);
  CHECK(bench.takes("GET other /") == "n7@docker");
}

}  // namespace
}  // namespace mooring::routing
