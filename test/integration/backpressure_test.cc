// Bodies are streamed: a side that does not read stops the other one, and costs next to no memory meanwhile.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();  // of the sanitizers' runtime; its header is clang's
#endif

namespace mooring::test {
namespace {

constexpr std::size_t kBytes = std::size_t{64} << 20;
// Prime, so that a piece that is lost, doubled or out of place does not look like its neighbour.
constexpr std::size_t kPeriod = 65'521;

// Bytes whose value tells their place.
const std::string& pattern() {
  static const std::string text = [] {
    std::string made(kPeriod * 2, '\0');
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < kPeriod; ++i) {
      state = state * 1664525U + 1013904223U;
      made[i] = made[i + kPeriod] = static_cast<char>(state >> 24U);
    }
    return made;
  }();
  return text;
}

std::string_view expected(std::size_t at, std::size_t bytes) {
  return std::string_view(pattern()).substr(at % kPeriod, std::min(bytes, kPeriod));
}

// Sends the bytes; `sent` says how far it is. False: the peer has gone, or takes nothing for too long.
bool send_pattern(RawSocket& to, std::atomic<std::size_t>& sent) {
  while (sent < kBytes) {
    const std::string_view piece = expected(sent, kBytes - sent);
    if (!to.send(piece)) return false;
    sent += piece.size();
  }
  return true;
}

// Reads and compares. True: all of it came and was right.
bool receive(RawSocket& from) {
  std::size_t received = 0;
  while (received < kBytes) {
    if (from.input().empty() && !from.more()) return false;
    std::string_view piece = from.input();
    while (!piece.empty()) {
      const std::string_view part = piece.substr(0, kPeriod);
      if (part != expected(received, part.size())) return false;
      received += part.size();
      piece.remove_prefix(part.size());
    }
    from.input().clear();
  }
  return received == kBytes;
}

// What this process holds: of the heap where a sanitizer counts it (whose own needs would hide ours), else all of it.
std::size_t held_bytes() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return __sanitizer_get_current_allocated_bytes();
#else
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0;
  std::size_t resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
#endif
}

// Waits until the number stands still for 200 looks, and gives it.
std::size_t wait_still(const std::function<std::size_t()>& number) {
  std::size_t last = number();
  int still = 0;
  wait_until([&] {
    const std::size_t now = number();
    still = now == last ? still + 1 : 0;
    last = now;
    return still > 200;
  });
  return last;
}

constexpr std::size_t kMayGrow = std::size_t{1} << 20;

}  // namespace

TEST_CASE("64 MiB for a client that does not read: the upstream waits, and nothing is heaped up") {
  std::atomic<bool> begin{false};
  std::atomic<std::size_t> sent{0};
  ScriptedUpstream upstream([&](Peer& peer) {
    if (!peer.request()) return;
    peer.socket.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBytes) + "\r\n\r\n");
    wait_until([&] { return begin.load(); });
    send_pattern(peer.socket, sent);
    peer.socket.wait_end();
  });
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  pattern();
  RawSocket client = proxy.client(64 * 1024);
  client.send(get());
  REQUIRE(client.read_head().has_value());
  const std::size_t before = held_bytes();
  begin.store(true);
  REQUIRE(wait_until([&] { return sent.load() != 0; }));
  CHECK(wait_still([&] { return sent.load(); }) < kBytes);
  CHECK(held_bytes() < before + kMayGrow);
  CHECK(receive(client));
  CHECK(proxy.log().wait_for(1));
  CHECK(proxy.wait_quiet());
  REQUIRE(proxy.log().size() == 1);
  CHECK(proxy.log().lines()[0].body_bytes == kBytes);
  CHECK(proxy.log().lines()[0].failure.empty());
}

TEST_CASE("64 MiB for an upstream that does not read: the client waits, and nothing is heaped up") {
  std::atomic<bool> read{false};
  std::atomic<bool> right{false};
  ScriptedUpstream upstream(
      [&](Peer& peer) {
        if (!peer.request_head()) return;
        wait_until([&] { return read.load(); });
        right.store(receive(peer.socket));
        peer.answer("thanks");
        peer.socket.wait_end();
      },
      64 * 1024);
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  pattern();
  RawSocket client = proxy.client();
  std::atomic<std::size_t> sent{0};
  std::atomic<bool> begin{false};
  std::atomic<bool> all_sent{false};
  // Made before the measuring: a thread costs memory of its own.
  std::thread sender([&] {
    wait_until([&] { return begin.load(); });
    all_sent.store(send_pattern(client, sent));
  });
  client.send("PUT / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + std::to_string(kBytes) + "\r\n\r\n");
  CHECK(wait_until([&] { return upstream.request_count() == 1; }));
  const std::size_t before = held_bytes();
  begin.store(true);
  CHECK(wait_until([&] { return sent.load() != 0; }));
  CHECK(wait_still([&] { return sent.load(); }) < kBytes);
  CHECK(held_bytes() < before + kMayGrow);
  read.store(true);
  sender.join();
  CHECK(all_sent.load());
  CHECK(client.read_response().value_or(RawMessage{}).body == "thanks");
  CHECK(right.load());
  CHECK(proxy.wait_quiet());
}

}  // namespace mooring::test
