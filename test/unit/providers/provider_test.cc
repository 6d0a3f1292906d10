// The provider against a scripted engine: what it says, and that no fault of the engine makes it forget or hang.
#include "providers/docker/provider.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <memory>

#include "providers/docker/endpoint.h"
#include "providers/docker/session.h"
#include "test/unit/providers/recording_sink.h"
#include "test/unit/providers/scripted_engine.h"

using namespace mooring;
using docker::event_line;
using docker::FakeContainer;
using docker::full_id;
using docker::RecordingSink;
using docker::ScriptedEngine;
using Fault = ScriptedEngine::Fault;
using Kind = providers::ContainerEvent::Kind;
using Said = RecordingSink::Said;

namespace {

const std::string kOne = full_id(1);
const std::string kTwo = full_id(2);

FakeContainer web(const std::string& id, const std::string& name = "web") {
  FakeContainer container;
  container.id = id;
  container.name = name;
  return container;
}

// One engine, one provider on it, started when the engine is set up.
struct Fixture {
  ScriptedEngine engine;
  RecordingSink sink;
  config::DockerOptions options;
  docker::Identity identity;
  std::unique_ptr<docker::DockerProvider> provider;

  void start() {
    options.endpoint = engine.endpoint();
    provider = std::make_unique<docker::DockerProvider>(options, [this] { return identity; });
    provider->start(sink);
  }
  void start_and_sync() {
    start();
    REQUIRE(sink.wait([](const Said& said) { return said.synced && said.status().connected; }));
  }
  ~Fixture() {
    if (provider) {
      provider->stop();
    }
  }
};

auto has(const std::string& id) {
  return [id](const Said& said) { return said.fragments.contains(id); };
}

auto lacks(const std::string& id) {
  return [id](const Said& said) { return !said.fragments.contains(id); };
}

}  // namespace

TEST_CASE("an engine without containers is synced with an empty table") {
  Fixture f;
  f.start_and_sync();
  CHECK(f.sink.said().fragments.empty());
  CHECK(f.sink.said().status().api_version == "1.41");
  CHECK(f.sink.said().status().engine_version == "20.10.24");
  CHECK(f.sink.said().status().error.empty());
}

TEST_CASE("what runs at the start is published") {
  Fixture f;
  f.engine.put(web(kOne));
  f.start_and_sync();
  const auto said = f.sink.said();
  REQUIRE(said.fragments.contains(kOne));
  const auto& fragment = *said.fragments.at(kOne);
  CHECK(fragment.services.at("web").servers.at(0).url() == "http://172.17.0.2:80");
  CHECK(fragment.services.at("web").servers.at(0).id == kOne + ":80");
  CHECK(fragment.routers.at("web").rule == "Host(`web`)");
  CHECK(fragment.origin.created == 1'795'366'336'461'044'884);
  CHECK(said.states.at(kOne).phase == providers::Phase::running);
}

TEST_CASE("the subscription comes before the listing, filtered, with since") {
  Fixture f;
  f.start_and_sync();
  CHECK(f.engine.requests("/v1.41/events?filters=%7B%22type%22") == 1);
  CHECK(f.engine.requests("&since=1795366321") == 1);
  CHECK(f.engine.requests("exec") == 0);
}

TEST_CASE("a started container is inspected alone and published") {
  Fixture f;
  f.engine.put(web(kTwo, "old"));
  f.start_and_sync();
  const auto listings = f.engine.requests("/containers/json");
  f.engine.put(web(kOne));
  f.engine.emit(event_line("create", web(kOne)));
  f.engine.emit(event_line("start", web(kOne)));
  REQUIRE(f.sink.wait(has(kOne)));
  CHECK(f.engine.requests("/containers/json") == listings);
  CHECK(f.engine.requests(kTwo) == 1);
  CHECK(f.engine.requests(kOne) == 1);
}

TEST_CASE("a container that cannot carry our labels is never inspected") {
  Fixture f;
  f.options.exposed_by_default = false;
  FakeContainer on = web(kOne);
  on.labels["traefik.enable"] = "true";
  f.engine.put(on);
  f.engine.put(web(kTwo, "other"));
  f.start_and_sync();
  f.engine.emit(event_line("start", web(kTwo, "other")));
  FakeContainer third = web(full_id(3), "third");
  third.labels["traefik.enable"] = "true";
  f.engine.put(third);
  f.engine.emit(event_line("start", third));
  REQUIRE(f.sink.wait(has(full_id(3))));
  CHECK(f.sink.said().fragments.contains(kOne));
  CHECK(f.engine.requests(kTwo) == 0);
}

TEST_CASE("an inspect that shows the end before the engine's event: told once") {
  Fixture f;
  f.engine.put(web(kOne));
  f.start_and_sync();
  FakeContainer dead = web(kOne);
  dead.status = "exited";
  f.engine.put(dead);
  f.engine.emit(event_line("rename", web(kOne)));  // any event that makes it look
  REQUIRE(f.sink.wait(lacks(kOne)));
  CHECK(f.sink.said().count(Kind::gone, kOne) == 1);
  f.engine.emit(event_line("die", web(kOne)));
  f.engine.put(web(kTwo, "next"));
  f.engine.emit(event_line("start", web(kTwo, "next")));
  REQUIRE(f.sink.wait(has(kTwo)));
  CHECK(f.sink.said().count(Kind::gone, kOne) == 1);
}

TEST_CASE("the stop signal means stopping, at once, while an inspect hangs") {
  Fixture f;
  f.engine.put(web(kOne));
  f.start_and_sync();
  f.engine.set_fault(kTwo, Fault::hang);
  f.engine.put(web(kTwo, "stuck"));
  f.engine.emit(event_line("start", web(kTwo, "stuck")));
  REQUIRE(f.engine.wait_requests(kTwo, 1));
  f.engine.emit(event_line("kill", web(kOne), "15"));
  REQUIRE(f.sink.wait([](const Said& said) { return said.count(Kind::stopping, kOne) == 1; }));
  f.engine.emit(event_line("kill", web(kOne), "9"));
  REQUIRE(f.sink.wait([](const Said& said) { return said.count(Kind::killed, kOne) == 1; }));
  f.engine.set_fault(kTwo, Fault::none);
  REQUIRE(f.sink.wait(has(kTwo)));
}

TEST_CASE("only the container's own stop signal means stopping") {
  Fixture f;
  FakeContainer quits = web(kOne);
  quits.stop_signal = "SIGQUIT";
  f.engine.put(quits);
  f.start_and_sync();
  f.engine.emit(event_line("kill", quits, "15"));
  f.engine.emit(event_line("kill", quits, "1"));
  f.engine.emit(event_line("kill", quits, "3"));
  REQUIRE(f.sink.wait([](const Said& said) { return said.count(Kind::stopping, kOne) > 0; }));
  CHECK(f.sink.said().events.size() == 1);
}

TEST_CASE("a kill that comes before the first inspect is told after it") {
  Fixture f;
  f.start_and_sync();
  f.engine.set_fault(kOne, Fault::hang);
  f.engine.put(web(kOne));
  f.engine.emit(event_line("start", web(kOne)));
  REQUIRE(f.engine.wait_requests(kOne, 1));
  f.engine.emit(event_line("kill", web(kOne), "15"));
  f.engine.put(web(kTwo, "two"));
  f.engine.emit(event_line("start", web(kTwo, "two")));
  REQUIRE(f.sink.wait(has(kTwo)));
  f.engine.set_fault(kOne, Fault::none);
  REQUIRE(f.sink.wait([](const Said& said) { return said.count(Kind::stopping, kOne) == 1; }));
  CHECK(f.sink.said().fragments.contains(kOne));
}

TEST_CASE("die is told at once and the fragment removed; a restart brings it back") {
  Fixture f;
  f.engine.put(web(kOne));
  f.start_and_sync();
  FakeContainer dead = web(kOne);
  dead.status = "exited";
  f.engine.put(dead);
  f.engine.emit(event_line("die", dead));
  REQUIRE(f.sink.wait(lacks(kOne)));
  CHECK(f.sink.said().count(Kind::gone, kOne) == 1);
  f.engine.put(web(kOne));
  f.engine.emit(event_line("start", web(kOne)));
  REQUIRE(f.sink.wait(has(kOne)));
}

TEST_CASE("a restarting container keeps its route and its endpoint") {
  Fixture f;
  f.engine.put(web(kOne));
  f.start_and_sync();
  FakeContainer between = web(kOne);
  between.status = "restarting";
  between.networks["bridge"] = "";
  f.engine.put(between);
  f.engine.emit(event_line("die", between));
  REQUIRE(f.sink.wait([](const Said& said) { return said.states.at(kOne).phase == providers::Phase::restarting; }));
  CHECK(f.sink.said().fragments.at(kOne)->services.at("web").servers.size() == 1);
  FakeContainer moved = web(kOne);
  moved.networks["bridge"] = "172.17.0.9";
  f.engine.put(moved);
  f.engine.emit(event_line("start", moved));
  REQUIRE(f.sink.wait([](const Said& said) {
    return said.fragments.at(kOne)->services.at("web").servers.at(0).host == "172.17.0.9" &&
           said.states.at(kOne).phase == providers::Phase::running;
  }));
  CHECK(f.sink.said().fragments.at(kOne)->services.at("web").servers.at(0).id == kOne + ":80");
}

TEST_CASE("a container that died and runs again as before is told to run") {
  Fixture f;
  f.engine.put(web(kOne));
  f.start_and_sync();
  f.engine.emit(event_line("die", web(kOne)));  // by the time of the inspect it is up again
  REQUIRE(f.sink.wait([](const Said& said) { return said.count(Kind::changed, kOne) == 1; }));
  const auto events = f.sink.said().events;
  CHECK(events.front().kind == Kind::gone);
  CHECK(events.back().state.phase == providers::Phase::running);
}

TEST_CASE("health and pause are told from the event, the reason follows") {
  Fixture f;
  FakeContainer container = web(kOne);
  container.health = "starting";
  f.engine.put(container);
  f.start_and_sync();
  CHECK(f.sink.said().states.at(kOne).health == providers::Health::starting);
  CHECK(f.sink.said().fragments.contains(kOne));
  container.health = "unhealthy";
  f.engine.put(container);
  f.engine.emit(event_line("health_status: unhealthy", container));
  REQUIRE(f.sink.wait([](const Said& said) { return said.states.at(kOne).why == "no answer on :80"; }));
  container.status = "paused";
  f.engine.put(container);
  f.engine.emit(event_line("pause", container));
  REQUIRE(f.sink.wait([](const Said& said) { return said.states.at(kOne).phase == providers::Phase::paused; }));
  CHECK(f.sink.said().fragments.contains(kOne));
}

TEST_CASE("destroy removes without asking") {
  Fixture f;
  f.engine.put(web(kOne));
  f.start_and_sync();
  const auto inspects = f.engine.requests(kOne);
  f.engine.forget(kOne);
  f.engine.emit(event_line("destroy", web(kOne)));
  REQUIRE(f.sink.wait(lacks(kOne)));
  CHECK(f.engine.requests(kOne) == inspects);
}

TEST_CASE("an engine that goes away leaves everything in force and is found again behind a new socket") {
  Fixture f;
  f.engine.put(web(kOne));
  f.engine.put(web(kTwo, "two"));
  f.start_and_sync();
  f.engine.go_down();
  REQUIRE(f.sink.wait([](const Said& said) { return !said.status().connected; }));
  CHECK_FALSE(f.sink.said().status().error.empty());
  CHECK(f.sink.said().fragments.size() == 2);
  f.engine.forget(kTwo);
  f.engine.put(web(full_id(3), "three"));
  f.engine.come_up();
  REQUIRE(f.sink.wait([](const Said& said) { return said.status().connected && said.status().resyncs == 1; }));
  REQUIRE(f.sink.wait(
      [](const Said& said) { return said.fragments.contains(full_id(3)) && !said.fragments.contains(kTwo); }));
  CHECK(f.sink.said().count(Kind::gone, kOne) == 0);
  CHECK(f.sink.said().status().error.empty());
}

TEST_CASE("an engine that is not there at the start is waited for") {
  Fixture f;
  f.engine.put(web(kOne));
  f.engine.go_down();
  f.start();
  REQUIRE(f.sink.wait([](const Said& said) { return !said.status().error.empty(); }));
  CHECK_FALSE(f.sink.said().synced);
  f.engine.come_up();
  REQUIRE(f.sink.wait([](const Said& said) { return said.synced && said.fragments.contains(kOne); }));
}

TEST_CASE("a cut event stream is opened again, from where it was, and nothing is told twice") {
  Fixture f;
  f.engine.put(web(kOne));
  f.start_and_sync();
  const std::string kill = event_line("kill", web(kOne), "15");
  f.engine.emit(kill);
  REQUIRE(f.sink.wait([](const Said& said) { return said.count(Kind::stopping, kOne) == 1; }));
  f.engine.cut_events();
  REQUIRE(f.engine.wait_subscribed(2));
  f.engine.emit(kill);  // what `since` repeats
  f.engine.emit(event_line("kill", web(kOne), "9"));
  REQUIRE(f.sink.wait([](const Said& said) { return said.count(Kind::killed, kOne) == 1; }));
  CHECK(f.sink.said().count(Kind::stopping, kOne) == 1);
  CHECK(f.engine.requests("&since=1795366336.0000000") == 1);
}

TEST_CASE("a bad listing keeps what is published") {
  const auto fault = GENERATE(Fault::garbage, Fault::cut, Fault::failing, Fault::huge);
  Fixture f;
  f.engine.put(web(kOne));
  f.options.poll_interval = std::chrono::milliseconds(20);
  f.start_and_sync();
  f.engine.set_fault("/containers/json", fault);
  f.engine.forget(kOne);
  REQUIRE(
      f.sink.wait([](const Said& said) { return said.status().error.find("/containers/json") != std::string::npos; }));
  CHECK(f.sink.said().fragments.contains(kOne));
  if (fault == Fault::huge) {
    CHECK(f.sink.said().status().error == "GET /v1.41/containers/json: the reply is larger than 65536 KiB");
  }
  if (fault == Fault::failing) {
    CHECK(f.sink.said().status().error == "GET /v1.41/containers/json: the engine answers 500: not today");
  }
  f.engine.set_fault("/containers/json", Fault::none);
  REQUIRE(f.sink.wait(lacks(kOne)));
  REQUIRE(f.sink.wait([](const Said& said) { return said.status().connected; }));
}

TEST_CASE("a failing inspect keeps the last good fragment, is a Problem, and is tried again") {
  const auto fault = GENERATE(Fault::garbage, Fault::cut, Fault::failing, Fault::huge);
  Fixture f;
  f.engine.put(web(kOne));
  f.start_and_sync();
  f.engine.set_fault(kOne, fault);
  FakeContainer renamed = web(kOne, "renamed");
  f.engine.put(renamed);
  f.engine.emit(event_line("rename", renamed));
  REQUIRE(f.sink.wait([](const Said& said) { return said.status().problems.size() == 1; }));
  CHECK(f.sink.said().status().problems.front().code == "D003");
  CHECK(f.sink.said().fragments.at(kOne)->origin.container_name == "web");
  f.engine.set_fault(kOne, Fault::none);
  REQUIRE(f.sink.wait([](const Said& said) { return said.fragments.at(kOne)->origin.container_name == "renamed"; }));
  REQUIRE(f.sink.wait([](const Said& said) { return said.status().problems.empty(); }));
}

TEST_CASE("polls find what no event told") {
  Fixture f;
  f.options.poll_interval = std::chrono::milliseconds(20);
  f.start_and_sync();
  f.engine.put(web(kOne));
  REQUIRE(f.sink.wait(has(kOne)));
  const auto inspects = f.engine.requests(kOne);
  const auto listings = f.engine.requests("/containers/json");
  REQUIRE(f.engine.wait_requests("/containers/json", listings + 3));
  CHECK(f.engine.requests(kOne) == inspects);  // unchanged: listed, not inspected
  f.engine.forget(kOne);
  REQUIRE(f.sink.wait(lacks(kOne)));
}

TEST_CASE("lines of the event stream that cannot be read lead to a listing, not to an end") {
  const std::string line = GENERATE(std::string("{\"Type\":"), std::string("\x01\x02 nonsense"), std::string("[]"),
                                    std::string(70, '['), std::string((1UL << 20U) + 10, 'x'));
  Fixture f;
  f.start_and_sync();
  f.engine.put(web(kOne));
  f.engine.emit(line);
  REQUIRE(f.sink.wait(has(kOne)));
  CHECK(f.engine.requests("/events") == 1);
}

TEST_CASE("events that are cut anywhere are put together again") {
  Fixture f;
  f.start_and_sync();
  f.engine.put(web(kOne));
  const std::string line = event_line("start", web(kOne)) + "\n";
  for (const char c : line) {
    f.engine.emit_raw(std::string(1, c));
  }
  REQUIRE(f.sink.wait(has(kOne)));
}

TEST_CASE("a socket proxy that allows only containers, events and ping is enough") {
  Fixture f;
  f.engine.set_fault("/version", Fault::forbidden);
  f.engine.set_fault("/info", Fault::forbidden);
  f.engine.set_fault("/networks", Fault::forbidden);
  f.engine.put(web(kOne));
  f.start_and_sync();
  CHECK(f.sink.said().fragments.contains(kOne));
  CHECK(f.sink.said().status().api_version == "1.41");
  CHECK(f.engine.requests("/info") + f.engine.requests("/networks") == 0);
}

TEST_CASE("without an event stream it polls, and says so") {
  Fixture f;
  f.options.poll_interval = std::chrono::milliseconds(20);
  f.engine.set_fault("/events", Fault::forbidden);
  f.start();
  REQUIRE(f.sink.wait([](const Said& said) { return said.synced; }));
  CHECK(f.sink.said().status().error.find("the engine answers 403: not today") != std::string::npos);
  f.engine.put(web(kOne));
  REQUIRE(f.sink.wait(has(kOne)));
  f.engine.set_fault("/events", Fault::none);
  REQUIRE(f.sink.wait([](const Said& said) { return said.status().connected; }));
}

TEST_CASE("an engine too old is refused with a sentence, a new one is spoken to in its own terms") {
  Fixture f;
  SECTION("too old") {
    f.engine.set_ping_version("1.22");
    f.start();
    REQUIRE(f.sink.wait([](const Said& said) { return said.status().error.find("1.22") != std::string::npos; }));
  }
  SECTION("Docker 29") {
    f.engine.set_ping_version("1.52");
    f.engine.set_version_body(R"({"Version":"29.0.0","ApiVersion":"1.52","MinAPIVersion":"1.44"})");
    f.start_and_sync();
    CHECK(f.sink.said().status().api_version == "1.44");
  }
  SECTION("newer than we know") {
    f.engine.set_ping_version("1.60");
    f.engine.set_version_body(R"({"Version":"35.0.0","ApiVersion":"1.60","MinAPIVersion":"1.50"})");
    f.start_and_sync();
    CHECK(f.sink.said().status().api_version == "1.50");
  }
  SECTION("no header") {
    f.engine.set_ping_version("");
    f.start_and_sync();
    CHECK(f.sink.said().status().api_version == "1.41");
  }
}

TEST_CASE("a burst of starts becomes few updates") {
  Fixture f;
  f.start_and_sync();
  std::string burst;
  for (unsigned i = 10; i < 40; ++i) {
    const auto container = web(full_id(i), "w" + std::to_string(i));
    f.engine.put(container);
    burst += event_line("start", container) + "\n";
  }
  const auto before = f.sink.said().updates;
  const auto started = std::chrono::steady_clock::now();
  f.engine.emit_raw(burst);
  REQUIRE(f.sink.wait([](const Said& said) { return said.fragments.size() == 30; }));
  const auto spent = std::chrono::steady_clock::now() - started;
  CHECK(f.sink.said().updates - before <= 2 + static_cast<std::size_t>(spent / docker::kCollect));
}

TEST_CASE("Mooring is not published when its own start event comes before the first listing") {
  Fixture f;
  f.identity.container_id = kOne;
  f.engine.put(web(kOne, "mooring"));
  f.engine.put(web(kTwo, "web"));
  f.engine.set_fault("/containers/json", Fault::hang);
  f.start();
  REQUIRE(f.engine.wait_subscribed());
  f.engine.emit(event_line("start", web(kOne, "mooring")));
  f.engine.emit(event_line("start", web(kTwo, "web")));
  REQUIRE(f.engine.wait_requests("/containers/json", 1));
  f.engine.set_fault("/containers/json", Fault::none);
  REQUIRE(f.sink.wait([](const Said& said) { return said.synced && said.fragments.contains(kTwo); }));
  CHECK_FALSE(f.sink.said().ever.contains(kOne));
}

TEST_CASE("labels on Mooring's own container may route to internal services and define middlewares, and nothing else") {
  Fixture f;
  f.identity.container_id = kOne;
  FakeContainer own = web(kOne, "mooring");
  own.labels = {{"traefik.http.routers.api.rule", "Host(`api`)"},
                {"traefik.http.routers.api.service", "api@internal"},
                {"traefik.http.routers.self.rule", "Host(`self`)"},
                {"traefik.http.services.self.loadbalancer.server.port", "80"},
                {"traefik.http.middlewares.both.chain.middlewares", "a,b"}};
  f.engine.put(own);
  f.start_and_sync();
  REQUIRE(f.sink.wait(has(kOne)));
  const auto fragment = f.sink.said().fragments.at(kOne);
  CHECK(fragment->services.empty());
  CHECK(fragment->middlewares.contains("both"));
  REQUIRE(fragment->routers.size() == 1);
  CHECK(fragment->routers.at("api").service == "api@internal");
}

TEST_CASE("Mooring is never published, and what it can reach follows its own networks") {
  Fixture f;
  FakeContainer own = web(kOne, "mooring");
  own.networks = {{"edge", "172.18.0.2"}};
  FakeContainer app = web(kTwo, "app");
  app.networks = {{"internal", "172.19.0.5"}};
  f.engine.put(own);
  f.engine.put(app);
  f.identity.interfaces = {{"172.18.0.2", ""}};
  f.start_and_sync();
  CHECK_FALSE(f.sink.said().fragments.contains(kOne));
  REQUIRE(f.sink.said().fragments.contains(kTwo));
  CHECK(f.sink.said().fragments.at(kTwo)->services.at("app").servers.empty());
  CHECK(f.sink.said().fragments.at(kTwo)->problems.at(0).code == "L030");
  own.networks["internal"] = "172.19.0.2";
  f.engine.put(own);
  f.engine.emit(R"({"Type":"network","Action":"connect","Actor":{"ID":"n","Attributes":{"container":")" + kOne +
                R"(","name":"internal"}},"timeNano":5})");
  REQUIRE(f.sink.wait([](const Said& said) { return !said.fragments.at(kTwo)->services.at("app").servers.empty(); }));
  CHECK(f.sink.said().fragments.at(kTwo)->problems.empty());
  CHECK_FALSE(f.sink.said().fragments.contains(kOne));
}

TEST_CASE("a container in another's network follows that one, wanted or not") {
  Fixture f;
  FakeContainer vpn = web(kOne, "vpn");
  vpn.labels["traefik.enable"] = "false";
  FakeContainer app = web(kTwo, "app");
  app.networks.clear();
  app.network_mode = "container:" + kOne;
  f.engine.put(vpn);
  f.engine.put(app);
  f.start_and_sync();
  REQUIRE(f.sink.wait([](const Said& said) {
    return said.fragments.contains(kTwo) && !said.fragments.at(kTwo)->services.at("app").servers.empty();
  }));
  vpn.networks["bridge"] = "172.17.0.77";
  f.engine.put(vpn);
  f.engine.emit(event_line("start", vpn));
  REQUIRE(f.sink.wait([](const Said& said) {
    return said.fragments.at(kTwo)->services.at("app").servers.at(0).host == "172.17.0.77";
  }));
  CHECK_FALSE(f.sink.said().fragments.contains(kOne));
}

TEST_CASE("leaving the network it is reached by means gone; another network brings it back") {
  Fixture f;
  FakeContainer app = web(kOne);
  app.networks = {{"a", "10.0.1.2"}, {"b", "10.0.2.2"}};
  f.engine.put(app);
  f.start_and_sync();
  CHECK(f.sink.said().fragments.at(kOne)->services.at("web").servers.at(0).host == "10.0.1.2");
  app.networks.erase("a");
  f.engine.put(app);
  const std::string left = R"({"Type":"network","Action":"disconnect","Actor":{"ID":"n","Attributes":{"container":")" +
                           kOne + R"(","name":"a"}},"timeNano":)";
  f.engine.emit(left + "6}");
  REQUIRE(f.sink.wait(
      [](const Said& said) { return said.fragments.at(kOne)->services.at("web").servers.at(0).host == "10.0.2.2"; }));
  CHECK(f.sink.said().count(Kind::gone, kOne) == 1);
  f.engine.emit(left + "7}");  // of a network that no longer matters
  f.engine.emit(event_line("kill", app, "9"));
  REQUIRE(f.sink.wait([](const Said& said) { return said.count(Kind::killed, kOne) == 1; }));
  CHECK(f.sink.said().count(Kind::gone, kOne) == 1);
}

TEST_CASE("containers whose inspect hangs do not hold up the others") {
  Fixture f;
  f.start_and_sync();
  std::string burst;
  for (unsigned i = 10; i < 13; ++i) {
    const auto stuck = web(full_id(i), "stuck" + std::to_string(i));
    f.engine.put(stuck);
    f.engine.set_fault(full_id(i), Fault::hang);
    burst += event_line("start", stuck) + "\n";
  }
  f.engine.emit_raw(burst);
  REQUIRE(f.engine.wait_requests(full_id(12), 1));
  f.engine.put(web(kOne));
  f.engine.emit(event_line("start", web(kOne)));
  REQUIRE(f.sink.wait(has(kOne)));
}

TEST_CASE("endpoints") {
  const auto url = [](const std::string& endpoint, bool tls = false) {
    config::DockerOptions options;
    options.endpoint = endpoint;
    if (tls) {
      options.tls.emplace();
    }
    const auto read = docker::read_endpoint(options);
    return read ? read->socket_path + read->base_url : "refused";
  };
  CHECK(url("unix:///run/d.sock") == "/run/d.sockhttp://docker");
  CHECK(url("tcp://10.0.0.1:2375") == "http://10.0.0.1:2375");
  CHECK(url("tcp://proxy:2375/") == "http://proxy:2375");
  CHECK(url("tcp://proxy", true) == "https://proxy:2376");
  CHECK(url("tcp://[fd00::1]") == "http://[fd00::1]:2375");
  CHECK(url("https://h:1") == "https://h:1");
  for (const std::string& bad : {std::string("unix://"), std::string("unix://relative"), std::string("ssh://host"),
                                 std::string("/var/run/docker.sock"), std::string(), std::string("tcp://"),
                                 std::string("tcp://user@host"), "unix:///" + std::string(120, 'x')}) {
    CAPTURE(bad);
    CHECK(url(bad) == "refused");
  }
}

TEST_CASE("watch=false lists once") {
  Fixture f;
  f.options.watch = false;
  f.engine.put(web(kOne));
  f.start();
  REQUIRE(f.sink.wait([](const Said& said) { return said.synced && said.fragments.contains(kOne); }));
  CHECK(f.engine.requests("/events") == 0);
}

TEST_CASE("stop returns while everything hangs") {
  const std::string part = GENERATE(std::string("_ping"), std::string("/version"), std::string("/events"),
                                    std::string("/containers/json"), kOne);
  Fixture f;
  f.engine.put(web(kOne));
  f.engine.set_fault(part, Fault::hang);
  f.start();
  REQUIRE(f.engine.wait_requests(part, 1));
  const auto begun = std::chrono::steady_clock::now();
  f.provider->stop();
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(2));
}
