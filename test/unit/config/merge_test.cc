#include "proxy/config/merge.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "proxy/config/merger.h"

namespace mooring::config {
namespace {

Readiness all_ready(const Fragment&) {
  return Readiness::ready;
}

// Those for whom `condition` holds.
template <typename Condition>
ReadyCheck ready_where(Condition condition) {
  return [condition](const Fragment& fragment) { return condition(fragment) ? Readiness::ready : Readiness::none; };
}

// A container of a Compose service ("shop/web-1") with one router, one service and one server of its own.
struct Made {
  Fragment fragment;

  Made(std::string project, std::string service, int number, std::int64_t created) {
    Origin& origin = fragment.origin;
    origin.label =
        project.empty() ? service + std::to_string(number) : project + "/" + service + "-" + std::to_string(number);
    origin.project = std::move(project);
    origin.service = origin.project.empty() ? "" : std::move(service);
    origin.created = created;
    fragment.id = "id-" + origin.label + "-" + std::to_string(created);
    origin.container_id = fragment.id;
  }

  Made& router(const std::string& name, const std::string& rule) {
    fragment.routers[name] = {.rule = rule, .entry_points = {}, .middlewares = {}, .service = "web", .broken = {}};
    return *this;
  }
  Made& service(const std::string& name, bool pass_host_header = true) {
    ServiceConfig config;
    config.pass_host_header = pass_host_header;
    config.servers = {{.id = fragment.id + ":80", .host = "10.0.0.1"}};
    fragment.services[name] = config;
    return *this;
  }
  operator FragmentPtr() const { return std::make_shared<const Fragment>(fragment); }  // NOLINT
};

std::vector<std::string> servers_of(const Merged& merged, const std::string& name) {
  std::vector<std::string> labels;
  for (const MergedServer& server : merged.services.at(name).servers) labels.push_back(server.from->origin.label);
  return labels;
}

std::vector<std::string> told(const Merged& merged) {
  std::vector<std::string> lines;
  for (const Problem& problem : merged.problems)
    lines.push_back(problem.code + " " + problem.where + ": " + problem.text);
  std::ranges::sort(lines);
  return lines;
}

using Strings = std::vector<std::string>;

const ReadyCheck kNobodyReady = [](const Fragment&) { return Readiness::none; };

TEST_CASE("replicas make one router and one service with all their servers") {
  const auto merged = merge({Made{"shop", "web", 2, 200}.router("web", "Host(`a`)").service("web"),
                             Made{"shop", "web", 1, 100}.router("web", "Host(`a`)").service("web")},
                            all_ready);
  CHECK(merged.problems.empty());
  REQUIRE(merged.routers.size() == 1);
  CHECK(merged.routers.at("web@docker").config.service == "web@docker");
  CHECK(merged.routers.at("web@docker").origins.size() == 2);
  CHECK(servers_of(merged, "web@docker") == Strings{"shop/web-1", "shop/web-2"});
  CHECK(merged.services.at("web@docker").config.servers.empty());
}

TEST_CASE("references are qualified, those with a provider are kept") {
  Made made{"", "c", 1, 1};
  made.fragment.routers["web"] = {.rule = "r",
                                  .entry_points = {"http"},
                                  .middlewares = {"auth", "limit@file"},
                                  .service = "api@internal",
                                  .broken = {}};
  made.fragment.middlewares["all"] = ChainConfig{{"auth", "x@file"}};
  made.fragment.routers["a@file"] = {.rule = "r", .entry_points = {}, .middlewares = {}, .service = "s", .broken = {}};
  const auto merged = merge({made}, all_ready);
  const RouterConfig& web = merged.routers.at("web@docker").config;
  CHECK(web.middlewares == Strings{"auth@docker", "limit@file"});
  CHECK(web.service == "api@internal");
  CHECK(web.entry_points == Strings{"http"});
  CHECK(std::get<ChainConfig>(merged.middlewares.at("all@docker").config).middlewares ==
        Strings{"auth@docker", "x@file"});
  CHECK(merged.routers.contains("a@file@docker"));  // no label can pose as another provider
  CHECK_FALSE(merged.routers.contains("a@file"));
}

TEST_CASE("one name of two providers is two names") {
  Made docker{"", "c", 1, 1};
  Made file{"", "f", 1, 0};
  file.fragment.origin.provider = "file";
  const auto merged = merge({docker.service("web"), file.service("web", false)}, all_ready);
  CHECK(merged.problems.empty());
  CHECK(merged.services.size() == 2);
  CHECK_FALSE(merged.services.at("web@file").config.pass_host_header);
}

TEST_CASE("the newest ready generation has its way, the older one keeps its servers") {
  const auto old_one = Made{"shop", "web", 1, 100}.router("web", "Host(`old`)").service("web");
  const auto new_one = Made{"shop", "web", 2, 200}.router("web", "Host(`new`)").service("web", false);
  SECTION("both ready") {
    const auto merged = merge({old_one, new_one}, all_ready);
    CHECK(merged.routers.at("web@docker").config.rule == "Host(`new`)");
    CHECK(merged.routers.at("web@docker").origins.size() == 1);
    CHECK_FALSE(merged.services.at("web@docker").config.pass_host_header);
    CHECK(servers_of(merged, "web@docker") == Strings{"shop/web-1", "shop/web-2"});
    CHECK(told(merged) ==
          Strings{"M001 shop/web-1: router \"web@docker\" has other settings here than in shop/web-2",
                  "M001 shop/web-1: service \"web@docker\" has other settings here than in shop/web-2",
                  "M001 shop/web-2: router \"web@docker\" has other settings here than in shop/web-1",
                  "M001 shop/web-2: service \"web@docker\" has other settings here than in shop/web-1"});
  }
  SECTION("the new one is not ready yet") {
    const auto merged =
        merge({old_one, new_one}, ready_where([](const Fragment& f) { return f.origin.created < 150; }));
    CHECK(merged.routers.at("web@docker").config.rule == "Host(`old`)");
    CHECK(servers_of(merged, "web@docker") == Strings{"shop/web-1", "shop/web-2"});
  }
  SECTION("none is ready") {
    const auto merged = merge({old_one, new_one}, kNobodyReady);
    CHECK(merged.routers.at("web@docker").config.rule == "Host(`new`)");
  }
}

TEST_CASE("a generation comes into force whole: its routers of other names with it") {
  const auto old_one =
      Made{"shop", "web", 1, 100}.router("both", "Host(`old`)").router("before", "Host(`b`)").service("web");
  const auto new_one =
      Made{"shop", "web", 2, 200}.router("both", "Host(`new`)").router("after", "Host(`a`)").service("web");
  const auto stranger = Made{"blog", "web", 1, 300}.router("before", "Host(`blog`)").service("blog");
  const auto standby = [](const Merged& merged, const std::string& name) {
    return merged.routers.at(name + "@docker").config.standby;
  };
  const ReadyCheck old_ready = ready_where([](const Fragment& f) { return f.origin.created != 200; });
  const ReadyCheck old_drains = [](const Fragment& f) {
    return f.origin.created == 100 ? Readiness::last_resort : Readiness::none;
  };
  SECTION("the newcomer is not ready: what it brings waits, whether or not the old one drains already") {
    for (const ReadyCheck& ready : {old_ready, old_drains}) {
      const Merged merged = merge({old_one, new_one}, ready);
      CHECK(merged.routers.at("both@docker").config.rule == "Host(`old`)");
      CHECK(standby(merged, "after"));
      CHECK_FALSE(standby(merged, "before"));
      CHECK(servers_of(merged, "web@docker") == Strings{"shop/web-1", "shop/web-2"});
      CHECK(told(merged)[0] == "M001 shop/web-1: router \"after@docker\" is defined in shop/web-2 and not here");
      CHECK(told(merged)[2] == "M001 shop/web-2: router \"after@docker\" is not defined in shop/web-1");
    }
  }
  SECTION("the newcomer is ready: what it does not know any more is out of force, the servers stay") {
    const Merged merged = merge({old_one, new_one}, all_ready);
    CHECK(merged.routers.at("both@docker").config.rule == "Host(`new`)");
    CHECK_FALSE(standby(merged, "after"));
    CHECK(standby(merged, "before"));
    CHECK(servers_of(merged, "web@docker") == Strings{"shop/web-1", "shop/web-2"});
    CHECK(told(merged)[0] == "M001 shop/web-1: router \"before@docker\" is not defined in shop/web-2");
  }
  SECTION("nobody is ready: all that anybody defined") {
    const Merged merged = merge({old_one, new_one}, kNobodyReady);
    CHECK_FALSE(standby(merged, "after"));
    CHECK_FALSE(standby(merged, "before"));
  }
  SECTION("a stranger who uses the name that is out of force has it") {
    const Merged merged = merge({old_one, new_one, stranger}, all_ready);
    CHECK_FALSE(standby(merged, "before"));
    CHECK(merged.routers.at("before@docker").config.rule == "Host(`blog`)");
    CHECK(merge({old_one, new_one, stranger}, old_ready).routers.at("before@docker").config.rule == "Host(`b`)");
  }
  SECTION("what one that ended still says is out of force where the newcomer is ready") {
    Made ended = old_one;
    ended.fragment.ended = true;
    CHECK(standby(merge({ended, new_one}, all_ready), "before"));
    CHECK_FALSE(standby(merge({ended, new_one}, kNobodyReady), "before"));
  }
  SECTION("step by step it comes to the same") {
    Merger merger;
    merger.put(old_one);
    merger.settle(old_ready);
    merger.put(new_one);
    CHECK(merger.settle(old_ready).routers.existence == std::set<std::string>{"after@docker"});
    CHECK(merger.merged() == merge({old_one, new_one}, old_ready));
    const FragmentPtr fresh = new_one;
    CHECK(merger.readiness_changed(fresh->origin.container_id));
    CHECK(merger.settle(all_ready).routers.settings ==
          std::set<std::string>{"after@docker", "before@docker", "both@docker"});
    CHECK(merger.merged() == merge({old_one, new_one}, all_ready));
    merger.remove("docker", FragmentPtr(old_one)->id);
    merger.settle(all_ready);
    CHECK(merger.merged() == merge({new_one}, all_ready));
    CHECK_FALSE(merger.readiness_changed(fresh->origin.container_id));
  }
}

TEST_CASE("what a container that ended said counts only where nobody else says anything") {
  Made first = Made("shop", "web", 1, 1).router("r", "Host(`old`)").router("gone", "Host(`x`)").service("web");
  first.fragment.ended = true;
  const FragmentPtr second = Made("shop", "web", 2, 2).router("r", "Host(`new`)").service("web");
  const Merged merged = merge({first, second}, kNobodyReady);
  CHECK(merged.routers.at("r@docker").config.rule == "Host(`new`)");
  CHECK_FALSE(merged.routers.at("r@docker").config.ended);
  CHECK(merged.routers.at("gone@docker").config.ended);
  CHECK(servers_of(merged, "web@docker") == Strings{"shop/web-2"});
  CHECK(told(merged).empty());
  // Alone it has its way, and a stranger who is older but ended has none.
  CHECK(servers_of(merge({first}, kNobodyReady), "web@docker") == Strings{"shop/web-1"});
  Made stranger = Made("mail", "mail", 1, 0).router("r", "Host(`mail`)").service("web", false);
  stranger.fragment.ended = true;
  CHECK(merge({stranger, second}, kNobodyReady) == merge({second}, kNobodyReady));
}

TEST_CASE("the end of a fragment changes the names that others do not define, and it can come back") {
  const FragmentPtr one = Made("shop", "web", 1, 1).router("r", "Host(`r`)").service("web");
  Merger merger;
  merger.put(one);
  merger.settle(kNobodyReady);
  const Merged before = merger.merged();
  CHECK_FALSE(merger.end("docker", "nobody"));
  CHECK(merger.end("docker", one->id));
  CHECK(merger.end("docker", one->id));
  CHECK(merger.settle(kNobodyReady).routers.settings == std::set<std::string>{"r@docker"});
  CHECK(merger.merged().routers.at("r@docker").config.ended);
  merger.put(one);
  merger.settle(kNobodyReady);
  CHECK(merger.merged() == before);
  merger.end("docker", one->id);
  merger.remove("docker", one->id);
  merger.settle(kNobodyReady);
  CHECK(merger.merged() == Merged{});
}

TEST_CASE("between strangers the first by creation wins, and the other's container gets nothing") {
  const auto first = Made{"shop", "web", 1, 100}.router("web", "Host(`a`)").service("web");
  const auto second = Made{"blog", "web", 1, 200}.router("web", "Host(`b`)").service("web", false);
  const auto merged = merge({second, first}, all_ready);
  CHECK(merged.routers.at("web@docker").config.rule == "Host(`a`)");
  CHECK(servers_of(merged, "web@docker") == Strings{"shop/web-1"});
  CHECK(told(merged) ==
        Strings{"M002 blog/web-1: router \"web@docker\" is also defined by shop/web-1, with other settings",
                "M002 blog/web-1: service \"web@docker\" is also defined by shop/web-1, with other settings",
                "M002 shop/web-1: router \"web@docker\" is also defined by blog/web-1, with other settings",
                "M002 shop/web-1: service \"web@docker\" is also defined by blog/web-1, with other settings"});
}

TEST_CASE("one project's two services are strangers, and so are containers outside Compose") {
  const auto merged =
      merge({Made{"shop", "web", 1, 100}.router("r", "Host(`a`)"), Made{"shop", "api", 1, 200}.router("r", "Host(`b`)"),
             Made{"", "x", 1, 300}.router("r", "Host(`c`)"), Made{"", "x", 2, 400}.router("r", "Host(`c`)")},
            all_ready);
  CHECK(merged.routers.at("r@docker").config.rule == "Host(`a`)");
  CHECK(merged.problems.size() == 4);
  CHECK(told(merged)[1] ==
        "M002 shop/web-1: router \"r@docker\" is also defined by shop/api-1, x1, x2, with other settings");
  CHECK(told(merged)[3] == "M002 x2: router \"r@docker\" is also defined by shop/web-1, with other settings");
}

TEST_CASE("a tie in creation is decided by id") {
  const auto a = Made{"", "a", 1, 100}.router("r", "Host(`a`)");
  const auto b = Made{"", "b", 1, 100}.router("r", "Host(`b`)");
  CHECK(merge({b, a}, all_ready).routers.at("r@docker").config.rule == "Host(`a`)");
}

TEST_CASE("strangers who say the same share the service, as in Traefik") {
  const auto merged =
      merge({Made{"blue", "web", 1, 1}.service("web"), Made{"green", "web", 1, 2}.service("web")}, all_ready);
  CHECK(merged.problems.empty());
  CHECK(servers_of(merged, "web@docker") == Strings{"blue/web-1", "green/web-1"});
}

TEST_CASE("a server with the same id is one") {
  Made a{"shop", "web", 1, 1};
  Made b{"shop", "web", 2, 2};
  a.service("web").fragment.services["web"].servers[0].id = "http://10.0.0.9:80";
  b.service("web").fragment.services["web"].servers[0].id = "http://10.0.0.9:80";
  CHECK(servers_of(merge({b, a}, all_ready), "web@docker") == Strings{"shop/web-1"});
}

TEST_CASE("a hundred strangers are counted, not listed") {
  std::vector<FragmentPtr> fragments{Made{"a", "a", 0, 0}.router("r", "first")};
  for (int i = 1; i <= 100; ++i) fragments.push_back(Made{"p" + std::to_string(i), "s", i, i}.router("r", "other"));
  const auto merged = merge(fragments, all_ready);
  CHECK(merged.problems.size() == 101);
  CHECK(std::ranges::all_of(merged.problems, [](const Problem& problem) { return problem.text.size() < 300; }));
}

TEST_CASE("nothing gives nothing") {
  CHECK(merge({}, all_ready) == Merged{});
  CHECK(merge({nullptr}, all_ready) == Merged{});
}

TEST_CASE("a fragment that comes again changes the names that say something else, and no others") {
  Merger merger;
  Made file{"", "f", 1, 1};
  file.router("a", "Host(`a`)").router("b", "Host(`b`)").router("gone", "Host(`x`)").service("web").service("api");
  const FragmentPtr first = file;
  merger.put(first);
  merger.settle(all_ready);
  const FragmentPtr kept = merger.merged().routers.at("a@docker").origins.front();
  file.router("b", "Host(`other`)").router("new", "Host(`n`)").fragment.routers.erase("gone");
  file.fragment.services["api"].servers[0].weight = 3;
  file.fragment.problems.push_back({"L001", Severity::warning, "f", "k", "t", "i", ""});
  merger.put(file);
  const MergeChange change = merger.settle(all_ready);
  using Names = std::set<std::string>;
  CHECK(change.routers.all == Names{"b@docker", "gone@docker", "new@docker"});
  CHECK(change.routers.settings == Names{"b@docker", "gone@docker", "new@docker"});
  CHECK(change.routers.existence == Names{"gone@docker", "new@docker"});
  CHECK(change.services.all == Names{"api@docker"});
  CHECK(change.services.settings.empty());
  CHECK(change.middlewares.all.empty());
  CHECK(change.problems_added.size() == 1);
  CHECK(change.problems_dropped.empty());
  CHECK(merger.merged().routers.at("a@docker").origins.front() == kept);
  CHECK(merger.merged() == merge({file}, all_ready));
  // The same once more is no change at all, and neither is what nobody knows.
  merger.put(file);
  merger.remove("docker", "unknown");
  CHECK(merger.settle(all_ready).routers.all.empty());
}

TEST_CASE("who is ready matters to names whose generations differ, and to no others") {
  Merger merger;
  merger.put(Made{"shop", "web", 1, 100}.router("web", "Host(`old`)").service("web"));
  const FragmentPtr fresh = Made{"shop", "web", 2, 200}.router("web", "Host(`new`)").service("web");
  merger.put(fresh);
  merger.put(Made{"shop", "api", 1, 100}.router("api", "Host(`api`)"));
  bool ready = false;
  const ReadyCheck check =
      ready_where([&](const Fragment& fragment) { return ready || fragment.origin.created == 100; });
  merger.settle(check);
  CHECK(merger.merged().routers.at("web@docker").config.rule == "Host(`old`)");
  ready = true;
  CHECK_FALSE(merger.readiness_changed("id-shop/api-1-100"));
  CHECK_FALSE(merger.readiness_changed("nobody"));
  CHECK(merger.settle(check).routers.all.empty());
  CHECK(merger.readiness_changed(fresh->origin.container_id));
  const MergeChange change = merger.settle(check);
  CHECK(change.routers.all == std::set<std::string>{"web@docker"});
  CHECK(change.services.all.empty());
  CHECK(merger.merged().routers.at("web@docker").config.rule == "Host(`new`)");
}

TEST_CASE("the same fragments in any order give the same table") {
  std::mt19937 random{7};
  const std::vector<std::string> projects{"", "shop", "blog"};
  const std::vector<std::string> names{"web", "api", "r"};
  for (int round = 0; round < 50; ++round) {
    std::vector<FragmentPtr> fragments;
    for (int i = 0; i < 12; ++i) {
      Made made{projects[random() % 3], names[random() % 2], i, static_cast<std::int64_t>(random() % 4)};
      made.router(names[random() % 3], "rule" + std::to_string(random() % 2))
          .service(names[random() % 3], random() % 2 == 0);
      made.fragment.middlewares[names[random() % 3]] = ChainConfig{{names[random() % 3]}};
      fragments.push_back(made);
    }
    const ReadyCheck ready = ready_where([](const Fragment& fragment) { return fragment.id.back() % 2 == 0; });
    const Merged expected = merge(fragments, ready);
    for (int shuffle = 0; shuffle < 5; ++shuffle) {
      std::ranges::shuffle(fragments, random);
      CHECK(merge(fragments, ready) == expected);
    }
    // No name vanishes, whatever the conflicts.
    for (const FragmentPtr& fragment : fragments) {
      for (const auto& [name, config] : fragment->routers) CHECK(expected.routers.contains(name + "@docker"));
    }
  }
}

}  // namespace
}  // namespace mooring::config
