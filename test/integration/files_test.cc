// What only files say, on the wire: servers by URL, host names, paths, and transports of their own.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <memory>
#include <set>
#include <string>

#include "proxy/config/dynamic_file.h"
#include "proxy/upstream/affinity.h"
#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

// Publishes a dynamic file as the file provider would.
void publish(ProxyUnderTest& proxy, const std::string& text, const std::string& name = "a.yml") {
  auto read = config::read_dynamic_file(text, name, "");
  REQUIRE(read.fragment);
  config::Update update;
  update.provider = "file";
  update.changed.push_back(std::make_shared<const config::Fragment>(std::move(*read.fragment)));
  update.synced = true;
  proxy.control().publish(std::move(update));
}

std::string get_of(const std::string& host, const std::string& path = "/", const std::string& fields = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n" + fields + "\r\n";
}

// The first answer that is not "no such router" or "not ready yet".
RawMessage ask(const ProxyUnderTest& proxy, const std::string& request, std::set<int> passing = {404, 503}) {
  RawMessage answer;
  REQUIRE(wait_until([&] {
    answer = proxy.ask(request);
    return !passing.contains(answer.status());
  }));
  return answer;
}

std::string url(const ScriptedUpstream& upstream, const std::string& host = "127.0.0.1") {
  return "http://" + host + ":" + std::to_string(upstream.port());
}

// Answers with the number of the connection that the request came on.
void tell_connection(Peer& peer) {
  while (peer.request()) peer.answer(std::to_string(peer.number));
}

std::string service(const std::string& name, const std::string& server, const std::string& more = "") {
  return "    " + name + ": {loadBalancer: {servers: [" + server + "]" + more + "}}\n";
}

std::string router(const std::string& name) {
  return "    " + name + ": {rule: Host(`" + name + "`), service: " + name + "}\n";
}

TEST_CASE("a server's path goes in front where it is to be kept, and its address becomes the Host where asked") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy;
  publish(proxy, "http:\n  routers:\n" + router("keeps") + router("drops") + "  services:\n" +
                     service("keeps", "{url: \"" + url(upstream) + "/base/\", preservePath: true}",
                             ", passHostHeader: false") +
                     service("drops", "{url: \"" + url(upstream) + "/base\"}"));
  CHECK(ask(proxy, get_of("keeps", "/x?y=1")).body == "ok");
  const RawMessage kept = upstream.requests().back();
  CHECK(kept.start_line() == "GET /base/x?y=1 HTTP/1.1");
  CHECK(kept.field("Host") == "127.0.0.1:" + std::to_string(upstream.port()));
  CHECK(ask(proxy, get_of("drops", "/x?y=1")).body == "ok");
  const RawMessage dropped = upstream.requests().back();
  CHECK(dropped.start_line() == "GET /x?y=1 HTTP/1.1");
  CHECK(dropped.field("Host") == "drops");
}

TEST_CASE("a host name is resolved, and a name that has no address is not ready, with its neighbours served") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("by name"));
  ProxyUnderTest proxy;
  publish(proxy, "http:\n  routers:\n" + router("named") + "  services:\n" +
                     service("named", "{url: \"" + url(upstream, "localhost") + "\"}, {url: \"http://name.invalid\"}"));
  for (int i = 0; i < 4; ++i) CHECK(ask(proxy, get_of("named")).body == "by name");
  CHECK(wait_until([&] {
    const auto snapshot = proxy.control().snapshot();
    const auto& servers = snapshot->services.at("named@file").balancer->servers();
    return servers.at(1).endpoint->view().why.contains("does not resolve");
  }));
}

TEST_CASE("each service has its own transport: the limit for the head, and what is kept of connections") {
  ScriptedUpstream silent([](Peer& peer) {
    while (peer.request()) {
    }
  });
  ScriptedUpstream counting(tell_connection);
  ProxyUnderTest proxy;
  publish(proxy, "http:\n  routers:\n" + router("hasty") + router("once") + router("kept") + "  services:\n" +
                     service("hasty", "{url: \"" + url(silent) + "\"}", ", serversTransport: hasty") +
                     service("once", "{url: \"" + url(counting) + "\"}", ", serversTransport: once") +
                     service("kept", "{url: \"" + url(counting) + "\"}") +
                     "  serversTransports:\n    hasty: {forwardingTimeouts: {responseHeaderTimeout: 50ms}}\n"
                     "    once: {maxIdleConnsPerHost: -1}\n");
  CHECK(ask(proxy, get_of("hasty")).status() == 504);
  std::set<std::string> numbers;
  for (int i = 0; i < 3; ++i) numbers.insert(ask(proxy, get_of("once")).body);
  CHECK(numbers.size() == 3);
  const std::string first = ask(proxy, get_of("kept")).body;
  REQUIRE(proxy.wait_quiet());
  CHECK(ask(proxy, get_of("kept")).body == first);
}

TEST_CASE("a change of one transport leaves the connections of another service where they are") {
  ScriptedUpstream upstream(tell_connection);
  ProxyUnderTest proxy;
  const auto table = [&](const std::string& dial) {
    return "http:\n  routers:\n" + router("a") + router("b") + "  services:\n" +
           service("a", "{url: \"" + url(upstream) + "\"}", ", serversTransport: a") +
           service("b", "{url: \"" + url(upstream) + "\"}", ", serversTransport: b") +
           "  serversTransports:\n    a: {forwardingTimeouts: {dialTimeout: " + dial + "}}\n    b: {}\n";
  };
  publish(proxy, table("5s"));
  const std::string of_a = ask(proxy, get_of("a")).body;
  const std::string of_b = ask(proxy, get_of("b")).body;
  CHECK(of_a != of_b);
  REQUIRE(proxy.wait_quiet());
  const auto before = proxy.control().snapshot();
  publish(proxy, table("6s"));
  REQUIRE(wait_until([&] { return proxy.control().snapshot() != before; }));
  REQUIRE(wait_until([&] { return proxy.worker().view().generation == proxy.control().snapshot()->generation; }));
  CHECK(ask(proxy, get_of("b")).body == of_b);
  CHECK(ask(proxy, get_of("a")).body != of_a);
}

TEST_CASE("a service without its transport answers 503, and its neighbour goes on") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy;
  publish(proxy, "http:\n  routers:\n" + router("lost") + router("good") + "  services:\n" +
                     service("lost", "{url: \"" + url(upstream) + "\"}", ", serversTransport: nowhere") +
                     service("good", "{url: \"" + url(upstream) + "\"}"));
  CHECK(ask(proxy, get_of("good")).body == "ok");
  CHECK(ask(proxy, get_of("lost"), {404}).status() == 503);
}

TEST_CASE("a file's router leads to a container, and sticks to a server by Traefik's own cookie") {
  ScriptedUpstream one(ScriptedUpstream::answering("one"));
  ScriptedUpstream two(ScriptedUpstream::answering("two"));
  ProxyUnderTest proxy;
  publish(proxy, "http:\n  routers:\n    far: {rule: Host(`far`), service: web@docker}\n" + router("pinned") +
                     "  services:\n" +
                     service("pinned", "{url: \"" + url(one) + "\"}, {url: \"" + url(two) + "\"}",
                             ", sticky: {cookie: {name: pin}}"));
  proxy.serve({{.port = one.port()}});
  CHECK(ask(proxy, get_of("far")).body == "one");
  const std::string cookie = upstream::hex16(upstream::sha256_head(url(two)));
  REQUIRE(wait_until([&] { return proxy.ask(get_of("pinned", "/", "Cookie: pin=" + cookie + "\r\n")).body == "two"; }));
  for (int i = 0; i < 4; ++i) CHECK(proxy.ask(get_of("pinned", "/", "Cookie: pin=" + cookie + "\r\n")).body == "two");
}

TEST_CASE("an engine that cannot be reached does not hold up what files say") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.providers = {"docker", "file"};
  ProxyUnderTest proxy(plan);
  config::EngineStatus lost;
  lost.error = "no such socket";
  const bool told_first = GENERATE(true, false);
  if (told_first) proxy.control().report(lost);
  publish(proxy, "http:\n  routers:\n" + router("files") +
                     "    guarded: {rule: Host(`guarded`), service: files, middlewares: [auth@docker]}\n  services:\n" +
                     service("files", "{url: \"" + url(upstream) + "\"}"));
  // Nobody has said yet that the engine is lost: it may be there in a moment.
  if (!told_first) CHECK(proxy.ask(get_of("files")).status() == 503);
  if (!told_first) proxy.control().report(lost);
  CHECK(ask(proxy, get_of("files")).body == "ok");
  CHECK(proxy.ask(get_of("guarded")).status() == 503);
  CHECK(proxy.ask(get_of("unknown")).status() == 404);
  CHECK_FALSE(proxy.control().synced());
}

}  // namespace
}  // namespace mooring::test
