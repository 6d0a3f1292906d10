// The engine's replies: what a real one says (20.10), and what a broken or hostile one may say.
#include "providers/docker/engine_json.h"

#include <catch2/catch_test_macros.hpp>

using namespace mooring;
using providers::Health;

namespace {

constexpr const char* kListed =
    R"json([{"Id":"a76","Names":["/other/alias","/dk-h"],"Image":"debian:trixie-slim","Created":1795366336,
  "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},
           {"IP":"::","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},{"PrivatePort":53,"Type":"udp"}],
  "Labels":{"traefik.enable":"true"},"State":"running","Status":"Up 4 seconds (health: starting)",
  "HostConfig":{"NetworkMode":"default"},
  "NetworkSettings":{"Networks":{"bridge":{"NetworkID":"220d","Gateway":"172.17.0.1","IPAddress":"172.17.0.2",
    "GlobalIPv6Address":"fd00::2","MacAddress":"02:42:ac:11:00:02"}}}}])json";

constexpr const char* kInspected = R"({"Id":"a76","Created":"2026-11-22T16:52:16.461044884Z","Name":"/dk-h",
  "State":{"Status":"running","Health":{"Status":"unhealthy","Log":[{"Output":"old"},{"Output":"no route\nmore"}]}},
  "HostConfig":{"NetworkMode":"container:b77"},
  "Config":{"Hostname":"a76","Image":"debian:trixie-slim","Labels":{"a":"b"},"StopSignal":"SIGQUIT","StopTimeout":30,"ExposedPorts":{"9000/tcp":{}}},
  "NetworkSettings":{"Ports":{"443/tcp":null,"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8080"}],"53/udp":null},"Networks":{}}})";

}  // namespace

TEST_CASE("a list entry") {
  const auto list = docker::decode_list(kListed);
  REQUIRE(list.has_value());
  REQUIRE(list->size() == 1);
  const docker::Container& container = list->front();
  CHECK(container.name == "dk-h");
  CHECK(container.health == Health::starting);
  CHECK(container.created == 1'795'366'336'000'000'000);
  CHECK(container.networks.at("bridge").gateway == "172.17.0.1");
  CHECK(container.networks.at("bridge").address6 == "fd00::2");
  REQUIRE(container.ports.size() == 2);
  CHECK(container.ports[0] == docker::Port{53, "udp", {}});
  CHECK(container.ports[1] == docker::Port{80, "tcp", {{"0.0.0.0", 8080}, {"::", 8080}}});
}

TEST_CASE("the health in the list's sentence") {
  const auto health = [](const std::string& sentence) {
    return docker::decode_list(R"([{"Id":"x","Status":")" + sentence + "\"}]")->front().health;
  };
  CHECK(health("Up 2 hours (healthy)") == Health::healthy);
  CHECK(health("Up 2 hours (unhealthy)") == Health::unhealthy);
  CHECK(health("Up 2 hours (Paused)") == Health::none);
  CHECK(health("Up 2 hours") == Health::none);
  CHECK(health("Exited (0) 5 seconds ago") == Health::none);
}

TEST_CASE("an inspect") {
  const auto container = docker::decode_inspect(kInspected);
  REQUIRE(container.has_value());
  CHECK(container->name == "dk-h");
  CHECK(container->created == 1'795'366'336'461'044'884);
  CHECK(container->health == Health::unhealthy);
  CHECK(container->health_output == "no route");
  CHECK(container->stop_signal == 3);
  CHECK(container->stop_timeout == std::chrono::seconds(30));
  CHECK(container->network_mode == "container:b77");
  REQUIRE(container->ports.size() == 3);
  CHECK(container->ports[1] == docker::Port{80, "tcp", {{"127.0.0.1", 8080}}});
  CHECK(container->exposed.size() == 1);
  CHECK(docker::state_of(*container).why == "no route");
}

TEST_CASE("events") {
  const auto kill = docker::decode_event(
      R"({"status":"kill","id":"a7","Type":"container","Action":"kill","Actor":{"ID":"a7","Attributes":{"signal":"15","name":"w"}},"time":1795366341,"timeNano":1795366341495291008})");
  REQUIRE(kill.has_value());
  CHECK(kill->signal == 15);
  CHECK(kill->id == "a7");
  CHECK(kill->time_ns == 1'795'366'341'495'291'008);
  const auto health =
      docker::decode_event(R"({"Type":"container","Action":"health_status: healthy","Actor":{"ID":"a7"}})");
  CHECK(health->action == "health_status");
  CHECK(health->detail == "healthy");
  const auto network = docker::decode_event(
      R"({"Type":"network","Action":"disconnect","Actor":{"ID":"cc","Attributes":{"container":"a7","name":"dk-a","type":"bridge"}}})");
  CHECK(network->id == "a7");
  CHECK(network->network == "dk-a");
  CHECK(network->network_id == "cc");
  // A signal that cannot be read is not the stop signal.
  CHECK(docker::decode_event(R"({"Type":"container","Action":"kill","Actor":{"ID":"a","Attributes":{"signal":"x"}}})")
            ->signal == 0);
}

TEST_CASE("signals") {
  for (const char* text : {"SIGTERM", "TERM", "sigterm", "15"}) {
    CHECK(docker::signal_number(text) == 15);
  }
  CHECK(docker::signal_number("SIGRTMIN+3") == 37);
  CHECK(docker::signal_number("RTMAX-1") == 63);
  CHECK(docker::signal_number("RTMIN") == 34);
  for (const char* text : {"", "0", "65", "-9", "SIG", "SIGNAL", "RTMIN-1", "RTMAX+1", "RTMIN+99", "99999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(docker::signal_number(text));
  }
}

TEST_CASE("times") {
  CHECK(docker::parse_time("1970-01-01T00:00:01Z") == 1'000'000'000);
  CHECK(docker::parse_time("2026-11-22T18:52:16.5+02:00") == docker::parse_time("2026-11-22T16:52:16.5Z"));
  CHECK(docker::parse_time("2026-11-22T16:52:16.123456789123Z") % 1'000'000'000 == 123'456'789);
  for (const char* text :
       {"", "0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z",
        "2026-11-22T16:52:16", "2026-11-22T25:52:16Z", "2026-11-22T16:52:16Zx", "yesterday"}) {
    CAPTURE(text);
    CHECK(docker::parse_time(text) == 0);
  }
}

TEST_CASE("wrong types are as good as missing") {
  const auto list = docker::decode_list(
      R"([1,null,"x",[],{},{"Id":7},{"Id":"ok","Names":7,"Labels":[1],"State":{},"Created":"x","Ports":{"a":1},"HostConfig":3,
          "NetworkSettings":{"Networks":[1]}},{"Id":"two","Names":[1,"/n"],"Created":-5,"Ports":[1,{"PrivatePort":70000},{"PrivatePort":"80"},{"PrivatePort":81,"PublicPort":-1}],
          "Labels":{"a":1,"b":"c"},"NetworkSettings":{"Networks":{"n":null,"m":{"IPAddress":5}}}}])");
  REQUIRE(list.has_value());
  REQUIRE(list->size() == 2);
  CHECK(list->at(0).labels.empty());
  CHECK(list->at(1).labels == docker::Labels{{"b", "c"}});
  CHECK(list->at(1).ports == std::vector{docker::Port{81, "tcp", {}}});
  CHECK(list->at(1).created == 0);
  const auto inspect = docker::decode_inspect(
      R"({"Id":"x","Created":1e300,"State":[],"Config":{"StopTimeout":99999999999999999999,"StopSignal":9},"NetworkSettings":{"Ports":{"x/tcp":1,"99999/tcp":[],"80":[{"HostPort":"x"},3]}}})");
  REQUIRE(inspect.has_value());
  CHECK(inspect->stop_signal == 15);
  CHECK(inspect->ports == std::vector{docker::Port{80, "tcp", {}}});
  CHECK(docker::decode_inspect(R"({"Id":"x","Config":{"StopTimeout":-1}})")->stop_timeout >
        std::chrono::hours(24 * 364));
}

TEST_CASE("what is no reply at all is an error, never a crash") {
  const std::string deep(100'000, '[');
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("{"), std::string("\xff"), deep, std::string("[}"),
        std::string("\"\\"), std::string("{\"a\":\"\xc3\"}"), std::string("1")}) {
    CHECK_FALSE(docker::decode_list(text).has_value());
    CHECK_FALSE(docker::decode_inspect(text).has_value());
    CHECK_FALSE(docker::decode_event(text).has_value());
    CHECK_FALSE(docker::decode_version(text).has_value());
    CHECK(docker::decode_message(text).empty());
  }
  CHECK_FALSE(docker::decode_inspect("{}").has_value());
  CHECK(docker::decode_event("{}").has_value());
  CHECK(docker::decode_list(R"([{"Id":"a","Labels":{"x":"[[[[[[["}}])").has_value());
}

TEST_CASE("every prefix and every one-byte change of a reply is survived") {
  const std::string whole = kInspected;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    (void)docker::decode_inspect(std::string_view(whole).substr(0, i));
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x11);
    (void)docker::decode_inspect(changed);
    (void)docker::decode_list("[" + changed + "]");
    (void)docker::decode_event(changed);
  }
  CHECK(docker::decode_inspect(whole).has_value());
}
