#include "proxy/upstream/endpoint_registry.h"

#include <catch2/catch_test_macros.hpp>

#include "proxy/upstream/affinity.h"
#include "test/support/loopback.h"
#include "test/support/waiting.h"

namespace mooring::upstream {
namespace {

using Kind = config::ContainerEvent::Kind;
using State = EndpointState;

// A server of a container, or of nobody when `container` is empty.
config::MergedServer server_of(const std::string& container, const std::string& host, std::uint16_t port) {
  config::Fragment fragment;
  fragment.id = fragment.origin.container_id = container;
  fragment.origin.label = "shop/" + container;
  config::ServerConfig config;
  config.host = host;
  config.port = port;
  config.id = container.empty() ? config.url() : container + ":80";
  return {config, std::make_shared<const config::Fragment>(fragment)};
}

config::ContainerEvent changed(const std::string& container, config::Phase phase = config::Phase::running,
                               config::Health health = config::Health::none) {
  return {Kind::changed, container, {phase, health, ""}};
}

struct EndpointRegistryBench {
  loop::EventLoop loop;
  int changes = 0;
  EndpointRegistry registry;

  explicit EndpointRegistryBench(std::chrono::milliseconds slack = {})
      : registry(loop, [this](const std::string&) { ++changes; }, {.stop = slack}) {}
  ~EndpointRegistryBench() {
    registry.stop();
    static_cast<void>(test::run_until(loop, [this] { return !registry.probing(); }));
  }

  EndpointPtr reach(const config::MergedServer& server) {
    EndpointPtr endpoint = registry.endpoint(server);
    registry.reached({server}, {});
    return endpoint;
  }
  bool until(const EndpointPtr& endpoint, State state) {
    return test::run_until(loop, [&] { return endpoint->state() == state; });
  }
  void settle(std::uint64_t ms = 150) {
    const std::uint64_t start = loop.now_ms();
    REQUIRE(test::run_until(loop, [&] { return loop.now_ms() - start > ms; }));
  }
};

TEST_CASE("the connect gate: a container that runs is ready once its port accepts") {
  EndpointRegistryBench bench;
  loop::ListenSocket socket = test::bound_socket("127.0.0.1");
  const auto server = server_of("web", "127.0.0.1", socket.address().port());
  bench.registry.apply(changed("web"));
  const EndpointPtr endpoint = bench.reach(server);
  CHECK(endpoint->state() == State::probing);
  bench.settle();
  CHECK(endpoint->state() == State::probing);
  CHECK(bench.registry.readiness("web") == config::Readiness::none);
  const test::Loopback listening(bench.loop, std::move(socket));
  REQUIRE(bench.until(endpoint, State::ready));
  CHECK(bench.registry.readiness("web") == config::Readiness::ready);
  CHECK(bench.changes == 2);
}

TEST_CASE("nobody is known of a container until its state is: nothing is probed") {
  EndpointRegistryBench bench;
  const test::Loopback listening(bench.loop);
  const EndpointPtr endpoint = bench.reach(server_of("web", "127.0.0.1", listening.port()));
  bench.settle();
  CHECK(endpoint->state() == State::starting);
  CHECK(listening.accepted.empty());
  bench.registry.apply(changed("web"));
  REQUIRE(bench.until(endpoint, State::ready));
}

TEST_CASE("an endpoint that no router reaches is not probed") {
  EndpointRegistryBench bench;
  const test::Loopback listening(bench.loop);
  bench.registry.apply(changed("web"));
  const EndpointPtr endpoint = bench.registry.endpoint(server_of("web", "127.0.0.1", listening.port()));
  bench.settle();
  CHECK(listening.accepted.empty());
  CHECK(endpoint->state() == State::starting);
}

TEST_CASE("with a health check the health check decides, and no port is asked") {
  EndpointRegistryBench bench;
  const test::Loopback listening(bench.loop);
  const auto server = server_of("web", "127.0.0.1", listening.port());
  bench.registry.apply(changed("web", config::Phase::running, config::Health::starting));
  const EndpointPtr endpoint = bench.reach(server);
  bench.settle();
  CHECK(endpoint->state() == State::starting);
  bench.registry.apply(changed("web", config::Phase::running, config::Health::healthy));
  CHECK(endpoint->state() == State::ready);
  config::ContainerEvent sick = changed("web", config::Phase::running, config::Health::unhealthy);
  sick.state.why = "curl: (7) refused";
  bench.registry.apply(sick);
  CHECK(endpoint->state() == State::unhealthy);
  CHECK(endpoint->view().why == "the container's health check fails: curl: (7) refused");
  CHECK(listening.accepted.empty());
}

TEST_CASE("a stop drains at once, the end is the end, and a new start begins again") {
  EndpointRegistryBench bench;
  const test::Loopback listening(bench.loop);
  bench.registry.apply(changed("web"));
  const auto server = server_of("web", "127.0.0.1", listening.port());
  const EndpointPtr endpoint = bench.reach(server);
  REQUIRE(bench.until(endpoint, State::ready));
  bench.registry.apply({Kind::stopping, "other", {}});
  CHECK(endpoint->state() == State::ready);
  bench.registry.apply({Kind::stopping, "web", {}});
  CHECK(endpoint->state() == State::draining);
  // An inspect that comes late says what was true before.
  bench.registry.apply(changed("web"));
  bench.registry.reached({server}, {});
  CHECK(endpoint->state() == State::draining);
  bench.registry.apply({Kind::gone, "web", {}});
  CHECK(endpoint->state() == State::gone);
  bench.registry.reached({server}, {});
  CHECK(endpoint->state() == State::gone);
  bench.registry.apply(changed("web"));
  REQUIRE(bench.until(endpoint, State::ready));
  bench.registry.apply({Kind::killed, "web", {}});
  CHECK(endpoint->state() == State::gone);
}

TEST_CASE("a stop that is ignored lets the endpoint back in") {
  EndpointRegistryBench bench(std::chrono::milliseconds(50));
  const test::Loopback listening(bench.loop);
  bench.registry.apply(changed("web"));
  const EndpointPtr endpoint = bench.reach(server_of("web", "127.0.0.1", listening.port()));
  REQUIRE(bench.until(endpoint, State::ready));
  const int before = bench.changes;
  bench.registry.apply({Kind::stopping, "web", {}, std::chrono::seconds(0)});
  CHECK(endpoint->state() == State::draining);
  REQUIRE(bench.until(endpoint, State::ready));
  CHECK(bench.changes == before + 2);  // draining, ready: it has served all the time
}

TEST_CASE("a stop that is ignored: what the health check said meanwhile counts") {
  for (const auto& [health, expected] :
       {std::pair{config::Health::healthy, State::ready}, std::pair{config::Health::unhealthy, State::unhealthy}}) {
    EndpointRegistryBench bench(std::chrono::milliseconds(50));
    const test::Loopback listening(bench.loop);
    bench.registry.apply(changed("web", config::Phase::running, config::Health::healthy));
    const EndpointPtr endpoint = bench.reach(server_of("web", "127.0.0.1", listening.port()));
    bench.registry.apply({Kind::stopping, "web", {}, std::chrono::seconds(0)});
    bench.registry.apply(changed("web", config::Phase::running, health));
    CHECK(endpoint->state() == State::draining);
    REQUIRE(test::run_until(bench.loop, [&] { return endpoint->state() != State::draining; }));
    CHECK(to_string(endpoint->state()) == to_string(expected));
  }
}

TEST_CASE("a stop that ends in time is not heard of again") {
  EndpointRegistryBench bench(std::chrono::milliseconds(50));
  const test::Loopback listening(bench.loop);
  bench.registry.apply(changed("web"));
  const EndpointPtr endpoint = bench.reach(server_of("web", "127.0.0.1", listening.port()));
  REQUIRE(bench.until(endpoint, State::ready));
  bench.registry.apply({Kind::stopping, "web", {}, std::chrono::seconds(0)});
  bench.registry.apply({Kind::gone, "web", {}});
  bench.settle(250);
  CHECK(endpoint->state() == State::gone);
}

TEST_CASE("an endpoint that never was ready takes nothing while its container stops") {
  EndpointRegistryBench bench;
  const loop::ListenSocket deaf = test::bound_socket("127.0.0.1");
  bench.registry.apply(changed("web"));
  const EndpointPtr endpoint = bench.reach(server_of("web", "127.0.0.1", deaf.address().port()));
  REQUIRE(endpoint->state() == State::probing);
  bench.registry.apply({Kind::stopping, "web", {}});
  CHECK_FALSE(endpoint->takes_pinned());
}

TEST_CASE("a restart with a new address keeps the identity, and the gate is at the new address alone") {
  EndpointRegistryBench bench;
  const test::Loopback old_home(bench.loop, "127.0.0.1");
  loop::ListenSocket deaf = test::bound_socket("127.0.0.2");
  bench.registry.apply(changed("web"));
  const EndpointPtr endpoint = bench.reach(server_of("web", "127.0.0.1", old_home.port()));
  REQUIRE(bench.until(endpoint, State::ready));
  bench.registry.apply({Kind::stopping, "web", {}});
  bench.registry.apply({Kind::gone, "web", {}});
  // As an update is applied: the states first, then the table with the new address.
  bench.registry.apply(changed("web"));
  CHECK(bench.reach(server_of("web", "127.0.0.2", deaf.address().port())) == endpoint);
  CHECK(endpoint->cookie_part() == sha256_head("web:80"));
  bench.settle();
  // Somebody still answers at the old one; that lets nobody in.
  CHECK(endpoint->state() == State::probing);
  const test::Loopback new_home(bench.loop, std::move(deaf));
  CHECK(bench.until(endpoint, State::ready));
}

TEST_CASE("a new port alone moves the gate too") {
  EndpointRegistryBench bench;
  const loop::ListenSocket deaf = test::bound_socket("127.0.0.1");
  const test::Loopback listening(bench.loop);
  bench.registry.apply(changed("web"));
  const EndpointPtr endpoint = bench.reach(server_of("web", "127.0.0.1", deaf.address().port()));
  bench.settle(50);
  REQUIRE(endpoint->state() == State::probing);
  bench.reach(server_of("web", "127.0.0.1", listening.port()));
  CHECK(bench.until(endpoint, State::ready));
}

TEST_CASE("a stranger that inherits an address inherits nothing") {
  EndpointRegistryBench bench;
  const test::Loopback listening(bench.loop);
  const auto first = server_of("web", "127.0.0.1", listening.port());
  bench.registry.apply(changed("web"));
  const EndpointPtr old_endpoint = bench.reach(first);
  REQUIRE(bench.until(old_endpoint, State::ready));
  CHECK(bench.registry.sole_owner(first));
  bench.registry.apply({Kind::gone, "web", {}});
  const auto second = server_of("stranger", "127.0.0.1", listening.port());
  const EndpointPtr stranger = bench.reach(second);
  CHECK(stranger != old_endpoint);
  CHECK(stranger->cookie_part() != old_endpoint->cookie_part());
  CHECK(stranger->state() == State::starting);
  CHECK_FALSE(bench.registry.sole_owner(second));
  // Who had it before is told of, once.
  CHECK(bench.registry.take_shared() == std::vector<std::string>{"web:80"});
  CHECK(bench.registry.take_shared().empty());
  CHECK(old_endpoint->state() == State::gone);
  // Nor does the first one get it back.
  bench.reach(first);
  CHECK_FALSE(bench.registry.sole_owner(first));
}

TEST_CASE("nobody owns an address that nobody has had") {
  EndpointRegistryBench bench;
  CHECK_FALSE(bench.registry.sole_owner(server_of("web", "127.0.0.1", 80)));
}

TEST_CASE("a server given by URL has its port speak for it, and no container's event touches it") {
  EndpointRegistryBench bench;
  const test::Loopback listening(bench.loop);
  const EndpointPtr endpoint = bench.reach(server_of("", "127.0.0.1", listening.port()));
  CHECK(endpoint->cookie_part() == sha256_head("http://127.0.0.1:" + std::to_string(listening.port())));
  REQUIRE(bench.until(endpoint, State::ready));
  bench.registry.apply({Kind::gone, "", {}});
  CHECK(endpoint->state() == State::ready);
  // A container that names a URL speaks for itself alone, not for the URL.
  auto named = server_of("web", "127.0.0.1", listening.port());
  named.config.id = named.config.url() + "#other";
  const EndpointPtr other = bench.reach(named);
  REQUIRE(bench.until(other, State::ready));
  bench.registry.apply({Kind::gone, "web", {}});
  CHECK(other->state() == State::ready);
}

TEST_CASE("what is reached again after its container ended is gone, not starting") {
  EndpointRegistryBench bench;
  auto server = server_of("web", "127.0.0.1", 9);
  config::Fragment over = *server.from;
  over.ended = true;
  server.from = std::make_shared<const config::Fragment>(over);
  const EndpointPtr endpoint = bench.reach(server);
  CHECK(endpoint->state() == State::gone);
  CHECK(endpoint->view().why == "the container ended");
  bench.registry.apply(changed("web"));
  CHECK(endpoint->state() == State::probing);
}

TEST_CASE("a server given by URL is not its container: it does not go with it") {
  EndpointRegistryBench bench;
  const test::Loopback listening(bench.loop);
  auto named = server_of("web", "127.0.0.1", listening.port());
  named.config.id = named.config.url() + "#other";
  config::Fragment over = *named.from;
  over.ended = true;
  named.from = std::make_shared<const config::Fragment>(over);
  CHECK(bench.until(bench.reach(named), State::ready));
}

TEST_CASE("one that refused since it was let in still decides for its Compose service") {
  EndpointRegistryBench bench;
  bench.registry.apply(changed("web", config::Phase::running, config::Health::healthy));
  const EndpointPtr endpoint = bench.reach(server_of("web", "127.0.0.1", 9));
  REQUIRE(endpoint->state() == State::ready);
  endpoint->saw(Seen::kRefused);
  REQUIRE(bench.until(endpoint, State::probing));
  CHECK(bench.registry.readiness("web") == config::Readiness::ready);
}

TEST_CASE("with sticky.key the cookie of a server given by URL cannot be told from its URL") {
  EndpointRegistryBench bench;
  const std::string key = "sixteen bytes it is";
  bench.registry.use_sticky_key(key);
  const std::string url = "http://127.0.0.1:9";
  CHECK(bench.registry.endpoint(server_of("", "127.0.0.1", 9))->cookie_part() == keyed_head(key, url));
  // A container's id is nothing that one guesses: moving it between proxies with and without a key costs no session.
  const auto container = server_of("web", "127.0.0.1", 9);
  CHECK(bench.registry.endpoint(container)->cookie_part() == sha256_head(container.config.id));
  // Nor is Traefik's own value of it honoured, by which one could try.
  CHECK_FALSE(bench.registry.sole_owner(server_of("", "127.0.0.1", 9)));
}

TEST_CASE("what is reached no more is forgotten, and comes back as the same cookie") {
  EndpointRegistryBench bench;
  const test::Loopback listening(bench.loop);
  const auto server = server_of("web", "127.0.0.1", listening.port());
  bench.registry.apply(changed("web"));
  EndpointPtr endpoint = bench.reach(server);
  REQUIRE(bench.until(endpoint, State::ready));
  const std::uint64_t part = endpoint->cookie_part();
  CHECK(bench.registry.reached({}, {server.config.id, "unknown"}) == std::vector<std::string>{"web"});
  CHECK(endpoint.use_count() == 1);
  CHECK(bench.registry.readiness("web") == config::Readiness::none);
  endpoint = bench.reach(server);
  CHECK(endpoint->cookie_part() == part);
  CHECK(endpoint->state() == State::probing);
  CHECK(bench.until(endpoint, State::ready));
}

TEST_CASE("paused and restarting containers take nothing") {
  EndpointRegistryBench bench;
  const test::Loopback listening(bench.loop);
  bench.registry.apply(changed("web"));
  const EndpointPtr endpoint = bench.reach(server_of("web", "127.0.0.1", listening.port()));
  REQUIRE(bench.until(endpoint, State::ready));
  bench.registry.apply(changed("web", config::Phase::paused));
  CHECK(endpoint->state() == State::unhealthy);
  bench.registry.apply(changed("web"));
  CHECK(endpoint->state() == State::probing);
  REQUIRE(bench.until(endpoint, State::ready));
  bench.registry.apply(changed("web", config::Phase::restarting));
  CHECK(endpoint->state() == State::starting);
  bench.registry.apply(changed("web", config::Phase::stopped));
  CHECK(endpoint->state() == State::gone);
}

// A resolver that the test speaks for.
struct Names {
  std::vector<loop::SocketAddress> addresses;
  int asked = 0;

  static loop::Task<std::vector<loop::SocketAddress>> answer(Names* names) {
    ++names->asked;
    co_return names->addresses;
  }
  NameLookup lookup() {
    return [this](loop::EventLoop&, std::string, std::uint16_t) { return answer(this); };
  }
};

TEST_CASE("a host name that stops resolving is shown, asked for again, and let in when it is back") {
  loop::EventLoop loop;
  const test::Loopback listening(loop);
  Names names;
  int changes = 0;
  EndpointRegistry registry(loop, [&](const std::string&) { ++changes; }, {}, names.lookup(),
                            {.interval_ms = 5, .again_ms = 5, .failures = 3});
  const auto server = server_of("", "backend.internal", listening.port());
  const EndpointPtr endpoint = registry.endpoint(server);
  registry.reached({server}, {});
  const auto why = [&] { return endpoint->view().why; };
  REQUIRE(test::run_until(loop, [&] { return why().contains("does not resolve"); }));
  CHECK(endpoint->state() == State::probing);

  const auto refused = loop::SocketAddress::from_ip("127.0.0.1", 1);
  const auto address = loop::SocketAddress::from_ip("127.0.0.1", listening.port());
  names.addresses = {*refused, *address};  // the first one refuses, the second is taken
  REQUIRE(test::run_until(loop, [&] { return endpoint->state() == State::ready; }));
  const int before = names.asked;
  REQUIRE(test::run_until(loop, [&] { return names.asked > before + 3; }));
  CHECK(endpoint->state() == State::ready);

  const int seen = changes;
  names.addresses.clear();
  REQUIRE(test::run_until(loop, [&] { return endpoint->state() == State::probing; }));
  CHECK(why().contains("does not resolve"));
  CHECK(changes > seen);
  names.addresses = {*address};
  REQUIRE(test::run_until(loop, [&] { return endpoint->state() == State::ready; }));

  // Nobody asks for what no route leads to.
  registry.reached({}, {server.config.id});
  REQUIRE(test::run_until(loop, [&] { return !registry.probing(); }));
  registry.stop();
}

TEST_CASE("an address is looked up by nobody") {
  loop::EventLoop loop;
  const test::Loopback listening(loop);
  Names names;
  EndpointRegistry registry(loop, [](const std::string&) {}, {}, names.lookup(), {.interval_ms = 1});
  const auto server = server_of("", "127.0.0.1", listening.port());
  const EndpointPtr endpoint = registry.endpoint(server);
  registry.reached({server}, {});
  REQUIRE(test::run_until(loop, [&] { return endpoint->state() == State::ready; }));
  REQUIRE(test::run_until(loop, [&] { return !registry.probing(); }));
  CHECK(names.asked == 0);
  CHECK(endpoint->cookie_part() == sha256_head(server.config.id));
}

}  // namespace
}  // namespace mooring::upstream
