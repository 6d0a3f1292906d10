// Compose's word on a newcomer, and the removal of a container, as the sink hears of them.
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>

#include "providers/docker/provider.h"
#include "test/unit/providers/recording_sink.h"
#include "test/unit/providers/scripted_engine.h"

using namespace mooring;
using docker::event_line;
using docker::FakeContainer;
using docker::full_id;
using docker::RecordingSink;
using Kind = providers::ContainerEvent::Kind;
using Said = RecordingSink::Said;

namespace {

const std::string kOld = full_id(1);
const std::string kNew = full_id(2);

FakeContainer member(const std::string& id, const std::string& name, const std::string& replaces = {}) {
  FakeContainer container;
  container.id = id;
  container.name = name;
  container.labels = {{"com.docker.compose.project", "shop"}, {"com.docker.compose.service", "web"}};
  if (!replaces.empty()) container.labels["com.docker.compose.replace"] = replaces;
  return container;
}

struct Fixture {
  docker::ScriptedEngine engine;
  RecordingSink sink;
  config::DockerOptions options;
  std::unique_ptr<docker::DockerProvider> provider;

  Fixture() {
    engine.put(member(kOld, "shop-web-1"));
    options.endpoint = engine.endpoint();
    provider = std::make_unique<docker::DockerProvider>(options, [] { return docker::Identity{}; });
    provider->start(sink);
    REQUIRE(sink.wait([](const Said& said) { return said.synced && said.fragments.contains(kOld); }));
  }
  ~Fixture() { provider->stop(); }

  bool told(Kind kind, const std::string& id) {
    return sink.wait([&](const Said& said) { return said.count(kind, id) == 1; });
  }
  std::string successor() {
    for (const auto& event : sink.said().events) {
      if (!event.successor.empty()) return event.successor;
    }
    return "";
  }
};

}  // namespace

TEST_CASE("a newcomer that is to replace a container, by name and by id, is told of as it is made") {
  for (const std::string& target : {std::string("shop-web-1"), kOld, kOld.substr(0, 12)}) {
    CAPTURE(target);
    Fixture f;
    const FakeContainer newcomer = member(kNew, "a_shop-web-1", target);
    f.engine.emit(event_line("create", newcomer));
    REQUIRE(f.told(Kind::superseded, kOld));
    CHECK(f.successor() == kNew);
    f.engine.emit(event_line("start", newcomer));
    f.engine.emit(event_line("destroy", newcomer));
    REQUIRE(f.told(Kind::not_superseded, kOld));
    CHECK(f.sink.said().count(Kind::superseded, kOld) == 1);
  }
}

TEST_CASE("a newcomer that dies has come to nothing") {
  Fixture f;
  const FakeContainer newcomer = member(kNew, "a_shop-web-1", "shop-web-1");
  f.engine.emit(event_line("create", newcomer));
  f.engine.emit(event_line("die", newcomer));
  f.engine.emit(event_line("destroy", newcomer));
  REQUIRE(f.told(Kind::not_superseded, kOld));
}

TEST_CASE("nobody drains what is another's: the hint counts within one Compose service") {
  Fixture f;
  FakeContainer stranger = member(kNew, "evil-web-1", "shop-web-1");
  stranger.labels["com.docker.compose.project"] = "evil";
  f.engine.emit(event_line("create", stranger));
  FakeContainer neighbour = member(full_id(3), "shop-db-1", "shop-web-1");
  neighbour.labels["com.docker.compose.service"] = "db";
  f.engine.emit(event_line("create", neighbour));
  FakeContainer bare;
  bare.id = full_id(4);
  bare.labels = {{"com.docker.compose.replace", "shop-web-1"}};
  f.engine.emit(event_line("create", bare));
  f.engine.emit(event_line("create", member(full_id(5), "x", "nobody")));
  f.engine.emit(event_line("create", member(kOld, "shop-web-1", "shop-web-1")));
  // Events come in their order: what is told last was taken last.
  f.engine.emit(event_line("kill", member(kOld, "shop-web-1"), "15"));
  REQUIRE(f.told(Kind::stopping, kOld));
  CHECK(f.sink.said().count(Kind::superseded, kOld) == 0);
}

TEST_CASE("the removal of a container is told, also of one that had stopped before") {
  Fixture f;
  FakeContainer old = member(kOld, "shop-web-1");
  f.engine.emit(event_line("die", old));
  REQUIRE(f.told(Kind::gone, kOld));
  CHECK(f.sink.said().count(Kind::removed, kOld) == 0);
  f.engine.emit(event_line("destroy", old));
  REQUIRE(f.told(Kind::removed, kOld));
}

TEST_CASE("a container's own addresses are told with it") {
  Fixture f;
  const Said said = f.sink.said();
  CHECK(said.fragments.at(kOld)->origin.addresses == std::vector<std::string>{"172.17.0.2"});
}
