// The one rule for trying again (design, section 6): what is repeated, where, and what never is.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "proxy/upstream/affinity.h"
#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

constexpr const char* kSession = "0123456789abcdef";

std::string part_of(const Backend& backend) {
  return upstream::hex16(upstream::sha256_head(backend.container + ":" + std::to_string(backend.port)));
}

std::string cookie_for(const Backend& backend) {
  return "Cookie: pin=" + part_of(backend) + "." + kSession + "\r\n";
}

ProxyPlan sticky_plan() {
  ProxyPlan plan;
  plan.sticky = true;
  return plan;
}

// Answers the first request of the first connection, and ends that connection when the second arrives.
ScriptedUpstream::Script dies_at_the_second_request(bool reset) {
  return [reset](Peer& peer) {
    while (peer.request()) {
      if (peer.number == 0 && peer.socket.ending() == Ending::none) {
        peer.answer("first");
        peer.request();
        if (reset) peer.socket.rst();
        return;
      }
      peer.answer("second");
    }
  };
}

// Ends the first connections once their request is in.
ScriptedUpstream::Script loses(std::size_t first) {
  return [first](Peer& peer) {
    while (const auto request = peer.request()) {
      if (peer.number < first) return;
      peer.answer(std::to_string(request->body.size()));
    }
  };
}

}  // namespace

TEST_CASE("a dead pooled connection is replaced by a fresh one to the same endpoint") {
  const bool reset = GENERATE(true, false);
  ScriptedUpstream upstream(dies_at_the_second_request(reset));
  ScriptedUpstream other(ScriptedUpstream::answering("other"));
  const Backend here{.port = upstream.port()};
  ProxyUnderTest proxy(sticky_plan());
  proxy.serve({here, {.port = other.port()}});

  CHECK(proxy.ask(get("/", cookie_for(here))).body == "first");
  REQUIRE(proxy.wait_quiet());
  const RawMessage second = proxy.ask(get("/", cookie_for(here)));
  CHECK(second.body == "second");
  CHECK_FALSE(second.has("Set-Cookie"));
  CHECK(upstream.connections() == 2);
  CHECK(other.connections() == 0);
}

TEST_CASE("a failed connect moves on to another endpoint, with a new cookie and the same session") {
  UnboundPort refusing;
  ScriptedUpstream good(ScriptedUpstream::answering("good"));
  const Backend bad_one{.port = refusing.port()};
  const Backend good_one{.port = good.port()};
  ProxyUnderTest proxy(sticky_plan());
  proxy.serve({bad_one, good_one});

  for (int i = 0; i < 4; ++i) {
    const RawMessage fresh = proxy.ask(get());
    CHECK(fresh.body == "good");
    CHECK(fresh.field("Set-Cookie").starts_with("pin=" + part_of(good_one) + "."));
  }
  const RawMessage moved = proxy.ask(get("/", cookie_for(bad_one)));
  CHECK(moved.body == "good");
  CHECK(moved.field("Set-Cookie").starts_with("pin=" + part_of(good_one) + "." + kSession));
  // Nothing was sent yet: any method may go elsewhere, with its body.
  const RawMessage posted = proxy.ask(post(std::string(60'000, 'p'), cookie_for(bad_one)));
  CHECK(posted.body == "good");
  REQUIRE_FALSE(good.requests().empty());
  CHECK(good.requests().back().body == std::string(60'000, 'p'));
  const RawMessage large = proxy.ask(post(std::string(500'000, 'q'), cookie_for(bad_one)));
  CHECK(large.body == "good");
  CHECK(good.requests().back().body == std::string(500'000, 'q'));
}

TEST_CASE("what was written is repeated only for methods that may be, and only with the body at hand") {
  struct Case {
    const char* name;
    std::string request;
    int status;
    std::size_t seen;  // how often the upstream got the request
  };
  const auto with_body = [](std::string_view method, std::size_t bytes) {
    return std::string(method) + " / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + std::to_string(bytes) +
           "\r\n\r\n" + std::string(bytes, 'b');
  };
  const std::vector<Case> cases = {
      {"GET", get(), 200, 2},
      {"HEAD", "HEAD / HTTP/1.1\r\nHost: shop.test\r\n\r\n", 200, 2},
      {"DELETE", "DELETE / HTTP/1.1\r\nHost: shop.test\r\n\r\n", 200, 2},
      {"OPTIONS", "OPTIONS / HTTP/1.1\r\nHost: shop.test\r\n\r\n", 200, 2},
      {"TRACE", "TRACE / HTTP/1.1\r\nHost: shop.test\r\n\r\n", 200, 2},
      {"PUT with 60 KiB", with_body("PUT", 60 * 1024), 200, 2},
      {"PUT with 200 KiB", with_body("PUT", 200 * 1024), 502, 1},
      {"POST", post("body"), 502, 1},
      {"POST without a body", post(""), 502, 1},
      {"PATCH", with_body("PATCH", 10), 502, 1},
  };
  for (const Case& test : cases) {
    DYNAMIC_SECTION(test.name) {
      ScriptedUpstream upstream(loses(1));
      ProxyUnderTest proxy;
      proxy.serve({{.port = upstream.port()}});
      const RawMessage response = proxy.ask(test.request);
      CHECK(response.status() == test.status);
      CHECK(upstream.request_count() == test.seen);
      const auto requests = upstream.requests();
      if (test.seen == 2) CHECK(requests[0].body == requests[1].body);
      CHECK(proxy.wait_quiet());
      CHECK(proxy.log().size() == 1);
    }
  }
}

TEST_CASE("a second loss moves on to another endpoint") {
  ScriptedUpstream losing(loses(1000));
  ScriptedUpstream good(ScriptedUpstream::answering("good"));
  const Backend losing_one{.port = losing.port()};
  ProxyUnderTest proxy(sticky_plan());
  proxy.serve({losing_one, {.port = good.port()}});
  const RawMessage response = proxy.ask(get("/", cookie_for(losing_one)));
  CHECK(response.body == "good");
  CHECK(response.has("Set-Cookie"));
  CHECK(losing.connections() == 2);
}

TEST_CASE("at most three endpoints are tried that take their time to fail") {
  std::vector<std::unique_ptr<SilentPort>> ports;
  std::vector<Backend> backends;
  for (int i = 0; i < 5; ++i) {
    ports.push_back(std::make_unique<SilentPort>());
    backends.push_back({.port = ports.back()->port()});
  }
  ProxyPlan plan;
  plan.timeouts.dial = std::chrono::milliseconds(200);
  ProxyUnderTest proxy(plan);
  proxy.serve(backends);
  CHECK(proxy.ask(get()).status() == 504);
  CHECK(proxy.sum(&upstream::EndpointCounters::failures) == 3);
  CHECK(proxy.wait_quiet());
  CHECK(proxy.log().size() == 1);
}

TEST_CASE("closed ports say so at once: all of them are tried, once") {
  std::vector<std::unique_ptr<UnboundPort>> ports;
  std::vector<Backend> backends;
  for (int i = 0; i < 5; ++i) {
    ports.push_back(std::make_unique<UnboundPort>());
    backends.push_back({.port = ports.back()->port()});
  }
  ProxyUnderTest proxy;
  proxy.serve(backends);
  CHECK(proxy.ask(get()).status() == 503);
  // A loaded machine may take longer than what counts as at once.
  CHECK(proxy.sum(&upstream::EndpointCounters::failures) <= 5);
  CHECK(proxy.sum(&upstream::EndpointCounters::failures) >= 3);
  CHECK(proxy.wait_quiet());
  CHECK(proxy.log().size() == 1);
}

TEST_CASE("with another endpoint left, nobody waits half a minute for one that does not answer") {
  SilentPort silent;
  ScriptedUpstream good(ScriptedUpstream::answering("good"));
  const Backend silent_one{.port = silent.port()};
  ProxyUnderTest proxy(sticky_plan());
  proxy.serve({silent_one, {.port = good.port()}});
  const auto begin = std::chrono::steady_clock::now();
  CHECK(proxy.ask(get("/", cookie_for(silent_one))).body == "good");
  const auto took = std::chrono::steady_clock::now() - begin;
  CHECK(took > std::chrono::milliseconds(1'900));
  CHECK(took < std::chrono::seconds(10));
}

TEST_CASE("a request that cannot be repeated never uses a connection that was idle for more than a second") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  CHECK(proxy.ask(post("a")).status() == 200);
  REQUIRE(proxy.wait_quiet());
  const auto old_enough = std::chrono::steady_clock::now() + std::chrono::milliseconds(1'200);
  CHECK(wait_until([&] { return std::chrono::steady_clock::now() > old_enough; }));
  CHECK(proxy.ask(get()).status() == 200);
  CHECK(upstream.connections() == 1);
  REQUIRE(proxy.wait_quiet());
  const auto old_again = std::chrono::steady_clock::now() + std::chrono::milliseconds(1'200);
  CHECK(wait_until([&] { return std::chrono::steady_clock::now() > old_again; }));
  CHECK(proxy.ask(post("b")).status() == 200);
  CHECK(upstream.connections() == 2);
}

TEST_CASE("a request that cannot be repeated never uses an idle connection of a draining endpoint") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  const Backend backend{.port = upstream.port()};
  ProxyUnderTest proxy;
  proxy.serve({backend});
  CHECK(proxy.ask(post("a")).status() == 200);
  REQUIRE(proxy.wait_quiet());
  CHECK(proxy.ask(post("b")).status() == 200);
  CHECK(upstream.connections() == 1);
  REQUIRE(proxy.wait_quiet());
  proxy.observe(config::ContainerEvent::Kind::stopping, backend);
  CHECK(proxy.ask(post("c")).status() == 200);
  CHECK(upstream.connections() == 2);
}

}  // namespace mooring::test
