// For each step of an exchange (connect, write, read the head, read the body) and each way it can go wrong: the
// exchange ends, is logged once with the right status, and leaves nothing behind.
#include <catch2/catch_test_macros.hpp>

#include "test/support/proxy_under_test.h"
#include "test/support/scripted_upstream.h"

namespace mooring::test {
namespace {

using Script = ScriptedUpstream::Script;

enum class Client : std::uint8_t { waits, resets, says_goodbye };

struct Case {
  const char* name;
  Script script;
  std::string request;
  Client client = Client::waits;
  int logged = 0;
  int answered = 0;             // what the client reads; 0: nothing
  bool complete = true;         // the answer is whole
  std::size_t connections = 1;  // that the upstream saw, at most
  std::size_t fewest = 0;       // at least; 0: exactly as many
  bool or_turned_away = false;  // the kernel may report it as a connect that failed: then nobody accepts, which is 503
};

const Script kWaitForTheEnd = [](Peer& peer) {
  peer.request_head();
  peer.socket.wait_gone();
};
const Script kResetAtOnce = [](Peer& peer) { peer.socket.rst(); };
const Script kCloseAtOnce = [](Peer& peer) { peer.socket.close(); };
const Script kResetAfterTheHead = [](Peer& peer) {
  peer.request_head();
  peer.socket.rst();
};
const Script kCloseAfterTheHead = [](Peer& peer) {
  peer.request_head();
  peer.socket.close();
};

Script say(std::string bytes, bool reset) {
  return [bytes = std::move(bytes), reset](Peer& peer) {
    peer.request();
    peer.socket.send(bytes);
    if (reset) {
      peer.socket.rst();
    } else {
      peer.socket.fin();
      peer.socket.wait_end();
    }
  };
}

Script say_and_stall(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    peer.request();
    peer.socket.send(bytes);
    peer.socket.wait_gone();
  };
}

// A request whose body never comes to its end.
std::string upload() {
  return "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 67108864\r\n\r\n" + std::string(300'000, 'u');
}

constexpr const char* kHalfHead = "HTTP/1.1 200 OK\r\nContent-Le";
constexpr const char* kHalfBody = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
constexpr const char* kHalfChunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
constexpr const char* kUntilClose = "HTTP/1.1 200 OK\r\n\r\nhalf";

std::vector<Case> cases() {
  return {
      // A GET may be sent once more on a fresh connection, so the upstream sees two.
      // A connection that ends at once may look like a connect that failed: then nobody else is there to ask, which is
      // 503, and the probe that follows makes connections of its own.
      {"connect, reset: GET", kResetAtOnce, get(), Client::waits, 502, 502, true, 2, 1, true},
      {"connect, closed early: GET", kCloseAtOnce, get(), Client::waits, 502, 502, true, 2, 1, true},
      {"write, reset", kResetAfterTheHead, upload(), Client::waits, 502, 502, true, 1},
      {"write, closed early", kCloseAfterTheHead, upload(), Client::waits, 502, 502, true, 1},
      {"write, stalled", kWaitForTheEnd, upload(), Client::waits, 504, 504, true, 1},
      {"write, client resets", kWaitForTheEnd, upload(), Client::resets, 499, 0, false, 1},
      {"write, client says goodbye", kWaitForTheEnd, upload(), Client::says_goodbye, 499, 0, false, 1},
      {"head, reset: GET", kResetAfterTheHead, get(), Client::waits, 502, 502, true, 2},
      {"head, reset: POST", kResetAfterTheHead, post("body"), Client::waits, 502, 502, true, 1},
      {"head, closed early: GET", kCloseAfterTheHead, get(), Client::waits, 502, 502, true, 2},
      {"head, closed early: POST", kCloseAfterTheHead, post("body"), Client::waits, 502, 502, true, 1},
      {"head, cut in its middle: GET", say(kHalfHead, false), get(), Client::waits, 502, 502, true, 2},
      {"head, cut in its middle: POST", say(kHalfHead, false), post("body"), Client::waits, 502, 502, true, 1},
      {"head, stalled", kWaitForTheEnd, get(), Client::waits, 504, 504, true, 1},
      {"head, stalled in its middle", say_and_stall(kHalfHead), get(), Client::waits, 504, 504, true, 1},
      {"head, client resets", kWaitForTheEnd, get(), Client::resets, 499, 0, false, 1},
      {"head, client says goodbye", kWaitForTheEnd, get(), Client::says_goodbye, 499, 0, false, 1},
      {"head, client of a POST resets", kWaitForTheEnd, post("body"), Client::resets, 499, 0, false, 1},
      {"body, reset", say(kHalfBody, true), get(), Client::waits, 200, 200, false, 1},
      {"body, closed early", say(kHalfBody, false), get(), Client::waits, 200, 200, false, 1},
      {"body in chunks, reset", say(kHalfChunks, true), get(), Client::waits, 200, 200, false, 1},
      {"body in chunks, closed early", say(kHalfChunks, false), get(), Client::waits, 200, 200, false, 1},
      {"body until close, reset", say(kUntilClose, true), get(), Client::waits, 200, 200, false, 1},
      {"body, stalled, client resets", say_and_stall(kHalfBody), get(), Client::resets, 200, 200, false, 1},
      {"body, stalled, client says goodbye", say_and_stall(kHalfBody), get(), Client::says_goodbye, 200, 200, false, 1},
      {"chunks, stalled, client resets", say_and_stall(kHalfChunks), get(), Client::resets, 200, 200, false, 1},
  };
}

ProxyPlan hurried() {
  ProxyPlan plan;
  plan.timeouts.dial = std::chrono::milliseconds(300);
  plan.timeouts.response_header = std::chrono::milliseconds(300);
  return plan;
}

// Sends what the kernel takes until the upstream has the request's head.
void send_until_reached(RawSocket& client, std::string_view request, const ScriptedUpstream& upstream) {
  wait_until([&] {
    const std::ptrdiff_t sent = client.send_some(request);
    if (sent > 0) request.remove_prefix(static_cast<std::size_t>(sent));
    return sent < 0 || (upstream.connections() >= 1 && (request.empty() || upstream.request_count() >= 1));
  });
}

void leave(RawSocket& client, Client how) {
  if (how == Client::resets) client.rst();
  if (how == Client::says_goodbye) client.fin();
}

void check_log(ProxyUnderTest& proxy, int status, bool failed) {
  CHECK(proxy.log().wait_for(1));
  CHECK(proxy.wait_quiet());
  const std::vector<LoggedExchange> lines = proxy.log().lines();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].status == status);
  CHECK(lines[0].router == "web@docker");
  CHECK(lines[0].failure.empty() != failed);
}

}  // namespace

TEST_CASE("an exchange that fails ends, is logged once, and leaves nothing behind") {
  for (const Case& test : cases()) {
    DYNAMIC_SECTION(test.name) {
      ProxyPlan plan = hurried();
      if (test.client != Client::waits) plan.timeouts.response_header = {};
      ScriptedUpstream upstream(test.script);
      ProxyUnderTest proxy(plan);
      proxy.serve({{.port = upstream.port()}});

      RawSocket client = proxy.client();
      send_until_reached(client, test.request, upstream);
      if (test.client != Client::waits) {
        REQUIRE(wait_until([&] { return upstream.request_count() == 1; }));
        if (test.answered != 0) {
          while (client.input().find("half") == std::string::npos && client.more()) {
          }
        }
        leave(client, test.client);
      }
      int logged = test.logged;
      bool turned_away = false;
      if (test.client != Client::resets) {
        const auto response = client.read_response();
        CHECK(response.has_value() == (test.answered != 0));
        if (response) {
          turned_away = test.or_turned_away && response->status() == 503;
          if (turned_away) logged = 503;
          CHECK((turned_away || response->status() == test.answered));
          CHECK(response->complete == test.complete);
        }
      }
      check_log(proxy, logged, true);
      CHECK(proxy.sum(&upstream::EndpointCounters::failures) <= static_cast<std::int64_t>(test.connections));
      if (!turned_away) CHECK(upstream.connections() <= test.connections);
      CHECK(upstream.connections() >= (test.fewest == 0 ? test.connections : test.fewest));
      CHECK(wait_until([&] { return proxy.upstream_connections() == 0; }));
      client.close();
      CHECK(wait_until([&] { return proxy.view().connections == 0; }));
    }
  }
}

TEST_CASE("an upstream that cannot be connected to") {
  ProxyUnderTest proxy(hurried());
  SECTION("refuses") {
    UnboundPort port;
    proxy.serve({{.port = port.port()}});
    const RawMessage answer = proxy.ask(get());
    CHECK(answer.status() == 503);
    CHECK(answer.field("Retry-After") == "1");
    CHECK(answer.body == "no available server: its endpoints accept no connections\n");
    check_log(proxy, 503, true);
  }
  SECTION("does not answer") {
    SilentPort port;
    proxy.serve({{.port = port.port()}});
    CHECK(proxy.ask(get()).status() == 504);
    check_log(proxy, 504, true);
  }
  SECTION("nobody is there") {
    proxy.serve({});
    CHECK(proxy.ask(get()).status() == 404);
    CHECK(proxy.log().wait_for(1));
  }
}

TEST_CASE("a client that leaves while its upstream is being connected to") {
  ProxyPlan plan;
  plan.timeouts.dial = std::chrono::milliseconds(60'000);
  SilentPort port;
  ProxyUnderTest proxy(plan);
  proxy.serve({{.port = port.port()}});
  for (const Client how : {Client::resets, Client::says_goodbye}) {
    DYNAMIC_SECTION((how == Client::resets ? "RST" : "FIN")) {
      RawSocket client = proxy.client();
      client.send(get());
      REQUIRE(wait_until([&] { return proxy.in_flight() == 1; }));
      leave(client, how);
      check_log(proxy, 499, true);
    }
  }
}

TEST_CASE("a client that leaves before its request is complete") {
  ScriptedUpstream upstream(ScriptedUpstream::answering("ok"));
  ProxyUnderTest proxy;
  proxy.serve({{.port = upstream.port()}});
  for (const Client how : {Client::resets, Client::says_goodbye}) {
    for (const std::string_view begun :
         {std::string_view(""), std::string_view("GET / HT"), std::string_view("\r\n")}) {
      RawSocket client = proxy.client();
      client.send(begun);
      REQUIRE(wait_until([&] { return proxy.view().connections == 1; }));
      leave(client, how);
      CHECK(wait_until([&] { return proxy.view().connections == 0; }));
    }
  }
  CHECK(upstream.connections() == 0);
  CHECK(proxy.log().size() == 0);
}

}  // namespace mooring::test
