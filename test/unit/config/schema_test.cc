#include "proxy/config/schema.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "proxy/config/label_decoder.h"
#include "proxy/config/label_key.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

// The entry's path as somebody would write it in a label.
std::string as_label(const SchemaEntry& entry) {
  std::string label = "traefik";
  std::string_view rest = entry.path;
  while (!rest.empty()) {
    const auto dot = rest.find('.');
    const std::string_view segment = rest.substr(0, dot);
    label += '.';
    if (segment == "*") {
      label += "some-name";
    } else if (segment == "**") {
      label += "X-Some.Header";
    } else if (segment.ends_with("[]")) {
      label += std::string{segment.substr(0, segment.size() - 2)} + "[3]";
    } else {
      label += segment;
    }
    rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
  }
  return label;
}

TEST_CASE("each key of the table stands in it once and is found as a label, in any case") {
  std::set<std::string> seen;
  for (const SchemaEntry* entry : schema_entries()) {
    INFO(entry->path);
    CHECK(seen.insert(ascii_lower(entry->path)).second);
    const ResolvedKey written = resolve_label_key(as_label(*entry));
    CHECK(written.fit == KeyFit::exact);
    CHECK(written.entry == entry);
    CHECK(resolve_label_key(ascii_lower(as_label(*entry))).entry == entry);
  }
  CHECK(seen.size() > 300);
}

TEST_CASE("what is done can be decoded, what is not done is said, and nothing in the table is unknown") {
  for (const SchemaEntry* entry : schema_entries()) {
    INFO(entry->path);
    const auto decoded = decode_labels({{as_label(*entry), "true"}}, "c");
    bool said = entry->support == Support::done;
    for (const Problem& problem : decoded.problems) {
      CHECK(problem.code != "L001");
      said = said || problem.code == "L002" || problem.code == "L005" || problem.code == "L012";
    }
    CHECK(said);
  }
}

TEST_CASE("a slip of the pen in any key of the table is given back the right key") {
  for (const SchemaEntry* entry : schema_entries()) {
    std::string label = as_label(*entry);
    if (entry->path.ends_with("**") || entry->path.find('.') == std::string_view::npos) continue;
    const auto last = label.rfind('.');
    if (label.size() - last - 1 < 7 || label.ends_with(']')) continue;  // short words have short distances
    std::swap(label[last + 3], label[last + 4]);
    if (equal_fold(label, as_label(*entry))) continue;
    INFO(label);
    const ResolvedKey key = resolve_label_key(label);
    CHECK(key.fit == KeyFit::misspelt);
    CHECK(key.canonical == ascii_lower(as_label(*entry)));
  }
}

TEST_CASE("our own keys are found below mooring, and nothing of ours below traefik") {
  for (const SchemaEntry& entry : own_entries()) {
    INFO(entry.path);
    const std::string below = as_label(entry).substr(std::string_view{"traefik"}.size());
    const ResolvedKey own = resolve_label_key("mooring" + below);
    CHECK(own.own);
    CHECK(own.fit == KeyFit::exact);
    CHECK(own.entry == &entry);
    const ResolvedKey theirs = resolve_label_key("traefik" + below);
    CHECK_FALSE(theirs.own);
    CHECK(theirs.fit == KeyFit::unknown);
    CHECK(theirs.canonical == "mooring" + ascii_lower(below));
    // Each of them changes what is decoded.
    const auto decoded = decode_labels(
        {{"traefik.http.services.some-name.loadbalancer.healthcheck.path", "/"}, {"mooring" + below, "7"}}, "c");
    const DecodedService& service = decoded.services.at("some-name");
    REQUIRE(service.health_check);
    CHECK((service.health_check->rise == 7) + (service.health_check->fall == 7) + (service.queue.size == 7) +
              (service.queue.timeout == std::chrono::seconds{7}) ==
          1);
  }
  CHECK(resolve_label_key("mooring").fit == KeyFit::foreign);
  CHECK(resolve_label_key("mooring.").fit == KeyFit::malformed);
  CHECK(resolve_label_key("mooring." + std::string(1'000'000, '.')).fit == KeyFit::malformed);
  CHECK(resolve_label_key("mourning.by.somebody").fit == KeyFit::foreign);
  CHECK(resolve_file_path(std::vector<std::string>{"mooring"}).fit == KeyFit::standalone);
}

TEST_CASE("hostile keys are resolved in bounded work and own nothing they do not name") {
  CHECK(resolve_label_key("").fit == KeyFit::foreign);
  CHECK(resolve_label_key(".").fit == KeyFit::foreign);
  CHECK(resolve_label_key("traefik..").fit == KeyFit::malformed);
  CHECK(resolve_label_key(std::string(1'000'000, 'a')).fit == KeyFit::foreign);
  CHECK(resolve_label_key("traefik." + std::string(1'000'000, '.')).fit == KeyFit::malformed);
  std::string deep = "traefik.http.routers.web";
  for (int i = 0; i < 10'000; ++i) deep += ".tls";
  CHECK(resolve_label_key(deep).fit == KeyFit::malformed);
  CHECK(resolve_label_key(deep).owner == KeyOwner{KeyOwner::Kind::http_router, "web"});
  const ResolvedKey no_name = resolve_label_key("traefik.http.routers..rule");
  CHECK(no_name.owner.kind == KeyOwner::Kind::none);
}

}  // namespace
}  // namespace mooring::config
