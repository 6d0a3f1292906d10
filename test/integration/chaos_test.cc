// Two hundred clients and an upstream that do whatever comes to their mind, by a seed: at the end nothing is left.
#include <catch2/catch_test_macros.hpp>

#include <atomic>
#include <random>
#include <thread>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

using Random = std::minstd_rand;

constexpr unsigned kSeed = 20'260'711;
constexpr int kClients = 200;
constexpr int kThreads = 20;
constexpr auto kLength = std::chrono::seconds(4);
constexpr std::chrono::milliseconds kShort{30};

std::size_t any(Random& random, std::size_t below) {
  return std::uniform_int_distribution<std::size_t>(0, below - 1)(random);
}

void misbehave(Peer& peer, Random& random) {
  switch (any(random, 8)) {
    case 0:
      peer.socket.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nhalf");
      break;
    case 1:
      peer.socket.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz");
      break;
    case 2:
      peer.socket.send("what?\r\n\r\n");
      break;
    case 3:
      peer.socket.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhello");
      peer.socket.more(kShort);
      break;
    case 4:
      peer.answer("one");
      peer.answer("too many");
      break;
    case 5:
      peer.socket.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
      break;
    case 6:
      peer.socket.wait_gone(kShort);
      break;
    default:
      break;
  }
  if (any(random, 2) == 0) peer.socket.rst();
}

void serve(Peer& peer) {
  Random random(kSeed + static_cast<unsigned>(peer.number));
  while (peer.socket.read_head()) {
    if (any(random, 5) == 0) {
      misbehave(peer, random);
      return;
    }
    const std::string body(any(random, 3) == 0 ? any(random, 400'000) : any(random, 100), 'b');
    if (any(random, 2) == 0) peer.socket.more(std::chrono::milliseconds(any(random, 5)));
    peer.socket.input().clear();
    if (!peer.answer(body)) return;
  }
}

std::string some_request(Random& random) {
  switch (any(random, 8)) {
    case 0:
      return post(std::string(any(random, 200'000), 'p'));
    case 1:
      return "PUT / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    case 2:
      return get("/", "Connection: Upgrade\r\nUpgrade: websocket\r\n") + "frames";
    case 3:
      return "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 100000\r\nExpect: 100-continue\r\n\r\n";
    case 4:
      return "POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloBAD";
    case 5:
      return get() + get() + get();
    case 6:
      return "HEAD / HTTP/1.0\r\nHost: shop.test\r\n\r\n";
    default:
      return get();
  }
}

// The life of one client: begins, half does, waits a moment, goes away in one of four ways.
void live(const ProxyUnderTest& proxy, Random& random) {
  RawSocket client = proxy.client(any(random, 3) == 0 ? 4096 : 0);
  for (std::size_t requests = 1 + any(random, 4); requests > 0; --requests) {
    std::string bytes = some_request(random);
    if (any(random, 4) == 0) bytes.resize(any(random, bytes.size() + 1));
    client.send_some(bytes);
    if (any(random, 3) != 0) client.more(kShort);
    client.input().clear();
  }
  switch (any(random, 4)) {
    case 0:
      client.rst();
      return;
    case 1:
      client.fin();
      client.wait_end(kShort);
      return;
    case 2:
      client.wait_end(kShort);
      return;
    default:
      return;
  }
}

}  // namespace

TEST_CASE("whatever clients and upstreams do, nothing is left behind") {
  ScriptedUpstream one(serve);
  ScriptedUpstream two(serve);
  UnboundPort refusing;
  ProxyPlan plan;
  plan.workers = 2;
  plan.sticky = true;
  plan.times = {.head = 200, .stall = 200, .first_request = 200, .linger = 100};
  plan.entry_point.idle_timeout = std::chrono::milliseconds(200);
  plan.timeouts.response_header = std::chrono::milliseconds(300);
  ProxyUnderTest proxy(plan);
  const std::vector<Backend> all = {{.port = one.port()}, {.port = two.port()}, {.port = refusing.port()}};
  proxy.serve(all);
  const auto end = std::chrono::steady_clock::now() + kLength;
  std::atomic<int> lives{0};
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Random random(kSeed * 31 + thread);
      while (lives.fetch_add(1) < kClients || std::chrono::steady_clock::now() < end) live(proxy, random);
    });
  }
  while (std::chrono::steady_clock::now() < end) {
    proxy.serve({all[0], all[2]});
    proxy.serve(all);
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(lives.load() >= kClients);
  CHECK(proxy.wait_quiet());
  CHECK(wait_until([&] { return proxy.view().connections == 0; }));
  proxy.serve({{.port = one.port()}});
  proxy.drain();
  CHECK(proxy.wait_ended());
  CHECK(proxy.in_flight() == 0);
  CHECK(proxy.upstream_connections() == 0);
}

}  // namespace mooring::test
