// Labels of a size and number that nobody writes in earnest, and properties that hold whatever the labels are.
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <string>

#include "proxy/config/label_decoder.h"
#include "proxy/config/printable.h"
#include "proxy/config/schema.h"

namespace mooring::config {
namespace {

using Labels = std::map<std::string, std::string>;

TEST_CASE("too many labels: the container is not exposed") {
  Labels labels{{"traefik.http.routers.web.rule", "Host(`a`)"}};
  for (std::size_t i = 0; i < kMostLabels; ++i) labels["traefik.http.routers.r" + std::to_string(i) + ".rule"] = "x";
  const auto decoded = decode_labels(labels, "c");
  CHECK(decoded.enable == false);
  CHECK(decoded.routers.empty());
  REQUIRE(decoded.problems.size() == 1);
  CHECK(decoded.problems[0].code == "L008");
}

TEST_CASE("labels of others do not count") {
  Labels labels{{"traefik.http.routers.web.rule", "Host(`a`)"}};
  for (std::size_t i = 0; i < 2 * kMostLabels; ++i) labels["com.example." + std::to_string(i)] = "x";
  const auto decoded = decode_labels(labels, "c");
  CHECK_FALSE(decoded.enable);
  CHECK(decoded.routers.size() == 1);
  CHECK(decoded.problems.empty());
}

TEST_CASE("a value or key that is too long breaks what it belongs to, and only that") {
  const std::string name(kLongestLabelKey - 30, 'n');
  const auto decoded = decode_labels({{"traefik.http.routers.web.rule", std::string(kLongestLabelValue + 1, 'x')},
                                      {"traefik.http.routers." + name + ".rule", "Host(`a`)"},
                                      {"traefik.http.routers." + name + ".middlewares", "auth"},
                                      {"traefik.http.routers.ok.rule", std::string(kLongestLabelValue, 'x')},
                                      {"traefik.enable", std::string(kLongestLabelValue + 1, 'x')}},
                                     "c");
  CHECK(decoded.enable == false);
  CHECK_FALSE(decoded.routers.at("web").broken.empty());
  CHECK_FALSE(decoded.routers.at(name).broken.empty());
  CHECK(decoded.routers.at("ok").broken.empty());
  CHECK(decoded.problems.size() == 3);
}

TEST_CASE("a flood of problems is cut, and the errors stay") {
  Labels labels{{"traefik.http.routers.web.zzz", "1"}};
  for (int i = 0; i < 150; ++i) labels["traefik.any" + std::to_string(i) + "thing"] = "x";
  const auto decoded = decode_labels(labels, "c");
  REQUIRE(decoded.problems.size() == kMostLabelProblems + 1);
  CHECK(decoded.problems.front().severity == Severity::error);
  CHECK(decoded.problems.back().text.starts_with(std::to_string(151 - kMostLabelProblems)));
  CHECK_FALSE(decoded.routers.at("web").broken.empty());
}

TEST_CASE("too many labels that lead nowhere: the container is not exposed") {
  Labels labels{{"traefik.enable", "true"}, {"traefik.http.routers.web.rule", "Host(`a`)"}};
  for (std::size_t i = 0; i <= kMostLostLabels; ++i) labels["traefik.any" + std::to_string(i) + "thing"] = "x";
  CHECK(decode_labels(labels, "c").enable == false);
  labels.erase("traefik.any0thing");
  CHECK(decode_labels(labels, "c").enable == true);
}

TEST_CASE("the name of the container is made printable too") {
  const auto decoded = decode_labels({{"traefik.enable", "x"}}, "c\x1b[2J");
  REQUIRE(decoded.problems.size() == 1);
  CHECK(decoded.problems[0].where == "c\\x1b[2J");
}

// Whatever one label is changed to, a router that was guarded is guarded still, not served, or not there.
TEST_CASE("no single slip in a guarded router's labels leaves it served without its guard") {
  const Labels good{{"traefik.http.routers.web.rule", "Host(`a`)"},
                    {"traefik.http.routers.web.middlewares", "auth"},
                    {"traefik.http.services.web.loadbalancer.server.port", "8080"}};
  const std::string key = "traefik.http.routers.web.middlewares";
  const std::string rule_of_name = "traefik.http.routers.";
  for (std::size_t at = 0; at < key.size(); ++at) {
    for (const char c : std::string_view{"xX.[_"}) {
      std::string slip = key;
      slip[at] = c;
      if (slip == key) continue;
      Labels labels = good;
      labels.erase(key);
      labels[slip] = "auth";
      const auto decoded = decode_labels(labels, "c");
      const auto& web = decoded.routers.at("web");
      const bool guarded = web.middlewares == std::vector<std::string>{"auth"};
      INFO(slip);
      // A dot in the router's own name makes another router of it: what no decoder can tell for sure is said, at least.
      const bool in_name = c != 'x' && at >= rule_of_name.size() && at < rule_of_name.size() + 3;
      CHECK((guarded || !web.broken.empty() || (in_name && !decoded.problems.empty())));
    }
  }
}

TEST_CASE("no label that lost a character leaves a router served without its guard") {
  const std::string key = "traefik.http.routers.web.middlewares";
  for (std::size_t at = 0; at < key.size(); ++at) {
    std::string slip = key;
    slip.erase(at, 1);
    const auto decoded = decode_labels({{"traefik.http.routers.web.rule", "Host(`a`)"}, {slip, "auth"}}, "c");
    INFO(slip);
    CHECK_FALSE(decoded.routers.at("web").broken.empty());
  }
}

TEST_CASE("random labels decode without harm, always the same way, and print safely") {
  std::mt19937 random{20240607};
  const auto entries = schema_entries();
  const std::string_view alphabet = ".[]0=traefikhpousw\n\x1b\xff";
  for (int round = 0; round < 400; ++round) {
    Labels labels;
    for (int i = 0; i < 8; ++i) {
      std::string key = "traefik." + std::string{entries[random() % entries.size()]->path};
      for (std::size_t edits = random() % 4; edits-- > 0;)
        key[random() % key.size()] = alphabet[random() % alphabet.size()];
      std::string value(random() % 6, ' ');
      for (char& c : value) c = alphabet[random() % alphabet.size()];
      labels[key] = value;
    }
    const auto once = decode_labels(labels, "c");
    const auto again = decode_labels(labels, "c");
    CHECK(once.problems == again.problems);
    CHECK(once.middlewares == again.middlewares);
    for (const Problem& problem : once.problems) {
      const std::string line = to_line(problem);
      CHECK(printable(line, line.size() + 1) == line);
    }
  }
}

}  // namespace
}  // namespace mooring::config
