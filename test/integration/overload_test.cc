// Clients that make a worker hold too much: who is slow pays for it, and nobody else.
#include <catch2/catch_test_macros.hpp>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

constexpr std::uint64_t kNever = 1ULL << 62U;
constexpr std::size_t kBig = std::size_t{32} * 1024 * 1024;
constexpr std::size_t kSlab = std::size_t{64} * 1024;

// "/big" has more than all kernel buffers between the two take; everything else is "ok", once its body is here.
ScriptedUpstream::Script big_or_small() {
  return [](Peer& peer) {
    while (const auto request = peer.request()) {
      const bool big = request->start_line().starts_with("GET /big");
      if (!peer.answer(big ? std::string(kBig, 'x') : "ok")) return;
    }
  };
}

ProxyPlan small_memory(std::size_t slabs, std::uint64_t patience) {
  ProxyPlan plan;
  plan.load.buffered = slabs * kSlab;
  plan.load.patience = patience;
  return plan;
}

// Clients that asked for much and read nothing.
std::vector<RawSocket> stalled(const ProxyUnderTest& proxy, std::size_t count) {
  std::vector<RawSocket> clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(proxy.client(4096));
    clients.back().send(get("/big"));
  }
  return clients;
}

}  // namespace

TEST_CASE("too many incomplete heads: the oldest makes room") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyPlan plan;
  plan.load.heads = 2;
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = upstream.port()}});
  std::vector<RawSocket> clients;
  for (std::uint64_t i = 1; i <= 3; ++i) {
    clients.push_back(proxy.client());
    clients.back().send("GET / HTTP/1.1\r\nHost: shop.test\r\n");
    REQUIRE(wait_until([&] { return proxy.view().busy == i || proxy.view().refused_for_load == 1; }));
  }
  const auto refused = clients[0].read_response();
  REQUIRE(refused.has_value());
  CHECK(refused->status() == 503);
  CHECK(refused->field("Retry-After") == "1");
  CHECK(refused->field("Connection") == "close");
  CHECK(clients[0].wait_end() == Ending::fin);
  // Whoever sends a whole head is in no list and takes nobody's place.
  CHECK(proxy.ask(get()).status() == 200);
  for (std::size_t i = 1; i <= 2; ++i) {
    clients[i].send("\r\n");
    CHECK(clients[i].read_response().value_or(RawMessage{}).body == "ok");
  }
  CHECK(proxy.view().refused_for_load == 1);
  CHECK(upstream.request_count() == 3);
}

TEST_CASE("a head that takes more memory than there is gets 503") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy(small_memory(4, kNever));
  proxy.serve({{.port = upstream.port()}});
  RawSocket client = proxy.client();
  client.send("GET / HTTP/1.1\r\nHost: shop.test\r\nX-Large: " + std::string(8 * kSlab, 'x'));
  CHECK(client.read_response().value_or(RawMessage{}).status() == 503);
  CHECK(proxy.ask(get()).status() == 200);
  CHECK(upstream.request_count() == 1);
}

TEST_CASE("memory is short and nobody is slow: a new request is refused, and is welcome again later") {
  ScriptedUpstream upstream(big_or_small());
  ProxyUnderTest proxy(small_memory(4, kNever));
  proxy.serve({{.port = upstream.port()}});
  {
    const std::vector<RawSocket> clients = stalled(proxy, 6);
    RawMessage refused;
    REQUIRE(wait_until([&] {
      refused = proxy.ask(get());
      return refused.status() == 503;
    }));
    CHECK(refused.field("Retry-After") == "1");
    CHECK(refused.field("Connection") == "close");
    CHECK(refused.body == "Service Unavailable\n");
    CHECK(proxy.view().cut_for_load == 0);
  }
  CHECK(wait_until([&] { return proxy.ask(get()).status() == 200; }));
}

TEST_CASE("memory is short: clients that do not read are cut off, and the others are served") {
  ScriptedUpstream upstream(big_or_small());
  ProxyUnderTest proxy(small_memory(4, 50));
  proxy.serve({{.port = upstream.port()}});
  std::vector<RawSocket> clients = stalled(proxy, 12);
  REQUIRE(wait_until([&] {
    proxy.ask(get());
    return proxy.view().cut_for_load >= 4;
  }));
  CHECK(wait_until([&] { return proxy.ask(get()).status() == 200; }));
  // Not told in any gentler way: the answer was cut, and that must be seen.
  std::uint64_t cut = 0;
  CHECK(wait_until([&] {
    cut = 0;
    for (RawSocket& client : clients) cut += client.wait_gone(std::chrono::milliseconds(1)) ? 1 : 0;
    return cut >= 4;
  }));
  CHECK(cut == proxy.view().cut_for_load);
}

TEST_CASE("memory is short: a body that is kept and does not come to its end is 503") {
  ScriptedUpstream upstream(big_or_small());
  ProxyUnderTest proxy(small_memory(4, 50));
  proxy.serve({{.port = upstream.port()}});
  std::vector<RawSocket> clients;
  for (std::uint64_t i = 1; i <= 8; ++i) {
    clients.push_back(proxy.client());
    clients.back().send("PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 60000\r\n\r\n");
    REQUIRE(wait_until([&] { return proxy.view().busy == i; }));
  }
  // They were let in, and grow.
  for (RawSocket& client : clients) client.send(std::string(50'000, 'x'));
  REQUIRE(wait_until([&] {
    proxy.ask(get());
    return proxy.view().cut_for_load >= 1;
  }));
  CHECK(wait_until([&] { return proxy.ask(get()).status() == 200; }));
  std::size_t told = 0;
  for (RawSocket& client : clients) {
    client.send(std::string(10'000, 'x'));
    const auto response = client.read_response();
    REQUIRE(response.has_value());
    if (response->status() == 503) {
      CHECK(response->field("Retry-After") == "1");
      ++told;
    } else {
      CHECK(response->body == "ok");
    }
  }
  CHECK(told == proxy.view().cut_for_load);
}

}  // namespace mooring::test
