// Trying again, as a table: each step to the head of an answer, each way it can go wrong there, each kind of request;
// with another endpoint that is well. The client's session is tied to the one that fails.
#include <catch2/catch_test_macros.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/upstream/affinity.h"
#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

using Script = ScriptedUpstream::Script;

enum class Fault : std::uint8_t { refuse, reset, stall, close };
enum class Request : std::uint8_t { get, post, large_put };

// What the client gets: the other endpoint's answer, or a status.
constexpr int kMoved = 200;

struct Row {
  const char* step;
  Fault fault;
  // By request: GET; POST with a short body; PUT with one that is too long to be kept.
  int get, post, large_put;
  int or_post = 0, or_large_put = 0;  // what the kernel may make of it as well: it decides whether a byte was written
};

// The connect row's reset and close come before any byte is read: whether one was written is the kernel's timing.
constexpr Row kRows[] = {
    {"connect", Fault::refuse, kMoved, kMoved, kMoved},
    {"connect", Fault::stall, kMoved, kMoved, kMoved},
    {"connect", Fault::reset, kMoved, 502, 502, kMoved, kMoved},
    {"connect", Fault::close, kMoved, 502, 502, kMoved, kMoved},
    {"write", Fault::reset, kMoved, 502, 502},
    {"write", Fault::close, kMoved, 502, 502},
    {"write", Fault::stall, 504, 504, 504},
    {"read head", Fault::reset, kMoved, 502, 502},
    {"read head", Fault::close, kMoved, 502, 502},
    {"read head", Fault::stall, 504, 504, 504},
};

// The same on a connection that has served a request before. What ended while it was idle is not used at all; what ends
// later is replaced by a fresh one to the same endpoint, where the request may be repeated. kStays: no session moves.
constexpr int kStays = 200;
constexpr Row kPooledRows[] = {
    {"idle", Fault::reset, kStays, kStays, kStays}, {"idle", Fault::close, kStays, kStays, kStays},
    {"write", Fault::reset, kStays, 502, 502},      {"write", Fault::close, kStays, 502, 502},
    {"write", Fault::stall, 504, 504, 504},         {"read head", Fault::reset, kStays, 502, 502},
    {"read head", Fault::close, kStays, 502, 502},  {"read head", Fault::stall, 504, 504, 504},
};

std::string name_of(const Row& row, Request request) {
  constexpr const char* kFaults[] = {"refuse", "reset", "stall", "close"};
  constexpr const char* kRequests[] = {"GET", "POST", "large PUT"};
  return std::string(row.step) + ", " + kFaults[static_cast<int>(row.fault)] + ": " +
         kRequests[static_cast<int>(request)];
}

// A server that fails in this way at this step.
struct Failing {
  std::unique_ptr<UnboundPort> closed;
  std::unique_ptr<SilentPort> silent;
  std::unique_ptr<ScriptedUpstream> scripted;

  explicit Failing(const Row& row) {
    const std::string step = row.step;
    if (step == "connect" && row.fault == Fault::refuse) {
      closed = std::make_unique<UnboundPort>();
    } else if (step == "connect" && row.fault == Fault::stall) {
      silent = std::make_unique<SilentPort>();
    } else {
      scripted = std::make_unique<ScriptedUpstream>(script(step, row.fault));
    }
  }
  static Script script(const std::string& step, Fault fault) {
    return [step, fault](Peer& peer) {
      if (step != "connect") peer.request_head();
      if (step == "read head") peer.socket.send("HTTP/1.1 200 OK\r\nContent-Le");
      if (fault == Fault::stall) peer.socket.wait_gone();
      if (fault == Fault::reset) peer.socket.rst();
    };
  }
  std::uint16_t port() const {
    if (closed != nullptr) return closed->port();
    return silent != nullptr ? silent->port() : scripted->port();
  }
};

std::string text_of(Request request, const std::string& cookie) {
  if (request == Request::get) return get("/", cookie);
  if (request == Request::post) return post("body", cookie);
  const std::string body(300'000, 'b');
  return "PUT / HTTP/1.1\r\nHost: shop.test\r\n" + cookie + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string cookie_of(const Backend& backend) {
  const std::string id = backend.container + ":" + std::to_string(backend.port);
  return "Cookie: pin=" + upstream::hex16(upstream::sha256_head(id)) + ".0123456789abcdef\r\n";
}

// The answer to a request whose body the proxy may stop reading.
std::optional<RawMessage> asked(ProxyUnderTest& proxy, const std::string& text) {
  RawSocket client = proxy.client();
  const std::size_t before = proxy.log().size();
  std::string_view rest = text;
  wait_until([&] {
    const std::ptrdiff_t sent = client.send_some(rest);
    if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
    return sent < 0 || rest.empty() || proxy.log().size() > before;
  });
  return client.read_response();
}

void check(const Row& row, Request request, int expected, int otherwise) {
  const Failing failing(row);
  ScriptedUpstream well(ScriptedUpstream::answering("well"));
  ProxyPlan plan;
  plan.sticky = true;
  plan.timeouts.dial = std::chrono::milliseconds(200);
  plan.timeouts.response_header = std::chrono::milliseconds(300);
  ProxyUnderTest proxy(plan);
  const Backend here{.port = failing.port()};
  proxy.serve({here, {.port = well.port()}});
  const std::string cookie = cookie_of(here);
  const auto answer = asked(proxy, text_of(request, cookie));
  REQUIRE(answer.has_value());
  INFO("the status is " << answer->status());
  CHECK((answer->status() == expected || answer->status() == otherwise));
  // A session moves with a new cookie, and only when it moves.
  CHECK(answer->has("Set-Cookie") == (answer->status() == kMoved));
  CHECK(well.request_count() == (answer->status() == kMoved ? 1U : 0U));
  CHECK(proxy.wait_quiet());
}

// Serves the first request of its first connection, then fails; further connections serve all.
Script failing_later(const Row& row) {
  return [step = std::string(row.step), fault = row.fault](Peer& peer) {
    if (peer.number > 0) {
      while (peer.request()) peer.answer("again");
      return;
    }
    if (!peer.request()) return;
    peer.answer("first");
    if (step != "idle" && !peer.request_head()) return;
    if (step == "read head") peer.socket.send("HTTP/1.1 200 OK\r\nContent-Le");
    if (fault == Fault::stall) peer.socket.wait_gone();
    if (fault == Fault::reset) peer.socket.rst();
  };
}

void check_pooled(const Row& row, Request request, int expected) {
  ScriptedUpstream failing(failing_later(row));
  ScriptedUpstream other(ScriptedUpstream::answering("other"));
  ProxyPlan plan;
  plan.sticky = true;
  plan.timeouts.response_header = std::chrono::milliseconds(300);
  ProxyUnderTest proxy(plan);
  const Backend here{.port = failing.port()};
  proxy.serve({here, {.port = other.port()}});
  const std::string cookie = cookie_of(here);
  REQUIRE(proxy.ask(get("/", cookie)).body == "first");
  REQUIRE(proxy.log().wait_for(1));
  const std::int64_t kept = std::string_view(row.step) == "idle" ? 0 : 1;
  REQUIRE(wait_until([&] { return proxy.upstream_connections() == kept && proxy.in_flight() == 0; }));
  const auto answer = asked(proxy, text_of(request, cookie));
  REQUIRE(answer.has_value());
  CHECK(answer->status() == expected);
  if (expected == kStays) CHECK(answer->body == "again");
  CHECK_FALSE(answer->has("Set-Cookie"));
  CHECK(failing.connections() == (expected == kStays ? 2U : 1U));
  CHECK(other.connections() == 0);
  CHECK(proxy.wait_quiet());
}

}  // namespace

TEST_CASE("what fails on a pooled connection is tried again where it may be, at its own endpoint") {
  for (const Row& row : kPooledRows) {
    DYNAMIC_SECTION(name_of(row, Request::get)) {
      check_pooled(row, Request::get, row.get);
    }
    DYNAMIC_SECTION(name_of(row, Request::post)) {
      check_pooled(row, Request::post, row.post);
    }
    DYNAMIC_SECTION(name_of(row, Request::large_put)) {
      check_pooled(row, Request::large_put, row.large_put);
    }
  }
}

TEST_CASE("what may be tried again is, at every step and after every fault") {
  for (const Row& row : kRows) {
    DYNAMIC_SECTION(name_of(row, Request::get)) {
      check(row, Request::get, row.get, row.get);
    }
    DYNAMIC_SECTION(name_of(row, Request::post)) {
      check(row, Request::post, row.post, row.or_post);
    }
    DYNAMIC_SECTION(name_of(row, Request::large_put)) {
      check(row, Request::large_put, row.large_put, row.or_large_put);
    }
  }
}

}  // namespace mooring::test
