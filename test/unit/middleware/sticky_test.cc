#include "middleware/sticky.h"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "test/support/servers.h"
#include "test/support/waiting.h"

namespace mooring::middleware {
namespace {

using test::made_balancer;
using test::made_server;
using upstream::hex16;
using upstream::sha256_head;
using State = upstream::EndpointState;
using Strings = std::vector<std::string>;

// What a service does that has the last word: the preferred endpoint if it may take the request, else `otherwise`.
class FakeService final : public http::Handler {
 public:
  explicit FakeService(std::shared_ptr<const upstream::Balancer> balancer) : balancer_(std::move(balancer)) {}

  loop::Task<http::Response> handle(http::Exchange& exchange) const override {
    http::Response response(exchange.arena);
    if (fails) {
      response.failure.kind = http::FailureKind::connection_refused;
      co_return response;
    }
    std::uint32_t index = otherwise;
    if (exchange.preferred.balancer == balancer_.get() &&
        balancer_->servers()[exchange.preferred.index].endpoint->takes_pinned()) {
      index = exchange.preferred.index;
    }
    exchange.answered = {.balancer = balancer_.get(), .index = index};
    response.head.status = 200;
    response.head.fields.add(http::FieldId::set_cookie, "app=1");
    co_return response;
  }

  std::uint32_t otherwise = 0;
  bool fails = false;

 private:
  std::shared_ptr<const upstream::Balancer> balancer_;
};

struct StickyBench {
  loop::EventLoop loop;
  std::shared_ptr<const upstream::Balancer> balancer;
  FakeService service;
  observe::Sessions sessions{observe::cell_count()};
  config::CookieConfig cookie;
  bool shared = false;

  explicit StickyBench(std::vector<upstream::Server> servers = {made_server("a"), made_server("b")})
      : balancer(made_balancer(std::move(servers))), service(balancer) {
    cookie.name = "sess";
  }

  // The Set-Cookie lines that Sticky added, to a request with these Cookie lines.
  Strings ask(const Strings& cookies) {
    const Sticky sticky(cookie, balancer, shared, &sessions);
    http::Exchange exchange(loop);
    exchange.started_at = std::chrono::system_clock::now();
    for (const std::string& line : cookies) exchange.request.fields.add(http::FieldId::cookie, line);
    const http::Response response = test::run_task(loop, sticky.handle(exchange, http::Next({}, service)));
    Strings lines;
    for (const http::Field& field : response.head.fields) {
      if (field.id == http::FieldId::set_cookie && field.value != "app=1") lines.emplace_back(field.value);
    }
    answered = exchange.answered.index;
    return lines;
  }
  // The value of the one cookie that was set.
  std::string value_of(const Strings& lines) const {
    REQUIRE(lines.size() == 1);
    const std::size_t from = lines[0].find('=') + 1;
    return lines[0].substr(from, lines[0].find(';') - from);
  }
  std::map<std::string, std::int64_t> counters() const {
    std::map<std::string, std::int64_t> all;
    const auto read = [&](const char* name, observe::Count upstream::AffinityCounters::* member) {
      const auto count = balancer->state().affinity.sum(
          [member](const upstream::AffinityCounters& counters) { return (counters.*member).get(); });
      if (count != 0) all[name] = count;
    };
    using C = upstream::AffinityCounters;
    read("requests", &C::requests);
    read("kept", &C::kept);
    read("fresh", &C::fresh);
    read("gone", &C::moved_gone);
    read("draining", &C::moved_draining);
    read("unhealthy", &C::moved_unhealthy);
    read("unknown", &C::moved_unknown);
    return all;
  }
  std::uint64_t live_sessions() const { return sessions.count(std::chrono::system_clock::now()).total; }

  std::uint32_t answered = 99;
};

std::string part(const std::string& name) {
  return hex16(sha256_head(name + ":80"));
}
const std::string kSession = "00000000000000aa";

using Counters = std::map<std::string, std::int64_t>;

TEST_CASE("the line that is set, byte by byte, in Traefik's order") {
  struct Row {
    config::CookieConfig cookie;
    std::string before;  // of the value
    std::string after;
  };
  const std::string all = "; Path=/app; Domain=example.com; Max-Age=60; HttpOnly; Secure; SameSite=Lax";
  const auto with = [](auto change) {
    config::CookieConfig cookie;
    cookie.name = "sess";
    change(cookie);
    return cookie;
  };
  using C = config::CookieConfig;
  const Row rows[] = {
      {with([](C&) {}), "sess=", "; Path=/"},
      {with([](C& c) { c.name = ""; }), "_a9f6e=", "; Path=/"},
      {with([](C& c) { c.name = "my app;x"; }), "my_app_x=", "; Path=/"},
      {with([](C& c) { c.path = ""; }), "sess=", ""},
      {with([](C& c) { c.domain = ".example.com"; }), "sess=", "; Path=/; Domain=example.com"},
      {with([](C& c) { c.max_age = 3600; }), "sess=", "; Path=/; Max-Age=3600"},
      {with([](C& c) { c.max_age = -1; }), "sess=", "; Path=/; Max-Age=0"},
      {with([](C& c) { c.http_only = true; }), "sess=", "; Path=/; HttpOnly"},
      {with([](C& c) { c.secure = true; }), "sess=", "; Path=/; Secure"},
      {with([](C& c) { c.same_site = "none"; }), "sess=", "; Path=/; SameSite=None"},
      {with([](C& c) { c.same_site = "strict"; }), "sess=", "; Path=/; SameSite=Strict"},
      {with([](C& c) { c.same_site = "other"; }), "sess=", "; Path=/"},
      {{.name = "sess",
        .secure = true,
        .http_only = true,
        .same_site = "lax",
        .max_age = 60,
        .path = "/app",
        .domain = "example.com"},
       "sess=",
       all},
  };
  for (const Row& row : rows) {
    StickyBench bench;
    bench.cookie = row.cookie;
    const Strings lines = bench.ask({});
    const std::string value = bench.value_of(lines);
    CHECK(lines[0] == row.before + value + row.after);
    CHECK(value.substr(0, 17) == part("a") + ".");
    CHECK(upstream::AffinityCookie::parse(value));
  }
}

TEST_CASE("the name is what it writes and what it reads") {
  StickyBench bench;
  bench.cookie.name = "";
  CHECK(Sticky(bench.cookie, bench.balancer, false, nullptr).cookie_name() == "_a9f6e");
  CHECK(bench.ask({"_a9f6e=" + part("b") + "." + kSession}).empty());
  CHECK(bench.answered == 1);
}

TEST_CASE("a cookie that names an endpoint is kept, and no other is set") {
  StickyBench bench;
  CHECK(bench.ask({"sess=" + part("b") + "." + kSession}).empty());
  CHECK(bench.answered == 1);
  CHECK(bench.counters() == Counters{{"requests", 1}, {"kept", 1}});
  CHECK(bench.live_sessions() == 1);
  bench.balancer->servers()[1].endpoint->set_state(State::draining, "");
  CHECK(bench.ask({"sess=" + part("b") + "." + kSession}).empty());
  CHECK(bench.answered == 1);
  CHECK(bench.live_sessions() == 1);
}

TEST_CASE("what was set is honoured when it comes back, and only then is it a session") {
  StickyBench bench;
  bench.service.otherwise = 1;
  const std::string value = bench.value_of(bench.ask({"other=1; x=y"}));
  CHECK(bench.live_sessions() == 0);
  CHECK(bench.counters() == Counters{{"requests", 1}, {"fresh", 1}});
  bench.service.otherwise = 0;
  CHECK(bench.ask({"sess=" + value}).empty());
  CHECK(bench.answered == 1);
  CHECK(bench.ask({"sess=\"" + value + "\""}).empty());
  CHECK(bench.ask({"a=b;sess=" + value + ";c=d"}).empty());
  CHECK(bench.live_sessions() == 1);
  // Two clients have two sessions.
  CHECK(bench.value_of(bench.ask({})) != bench.value_of(bench.ask({})));
}

TEST_CASE("a session moves, keeps its id, and is counted by the reason") {
  struct Row {
    State state;
    const char* counter;
  };
  for (const Row& row :
       {Row{State::finishing, "draining"}, Row{State::maintenance, "draining"}, Row{State::gone, "gone"},
        Row{State::unhealthy, "unhealthy"}, Row{State::starting, "unhealthy"}, Row{State::probing, "unhealthy"}}) {
    StickyBench bench;
    bench.balancer->servers()[1].endpoint->set_state(row.state, "");
    CAPTURE(to_string(row.state));
    const Strings lines = bench.ask({"sess=" + part("b") + "." + kSession});
    CHECK(bench.value_of(lines) == part("a") + "." + kSession);
    CHECK(bench.counters() == Counters{{"requests", 1}, {row.counter, 1}});
    CHECK(bench.live_sessions() == 0);
  }
}

TEST_CASE("a value of ours whose endpoint is no more moves too") {
  StickyBench bench;
  CHECK(bench.value_of(bench.ask({"sess=" + part("old") + "." + kSession})) == part("a") + "." + kSession);
  CHECK(bench.counters() == Counters{{"requests", 1}, {"gone", 1}});
}

TEST_CASE("garbage gets a new session, whatever it is") {
  const std::string garbage[] = {"",
                                 "x",
                                 std::string(200'000, 'a'),
                                 part("a"),  // an endpoint without a session, and not Traefik's value
                                 part("a") + "." + kSession + ".",
                                 "%00%0d%0aSet-Cookie:x",
                                 std::string("\0\xff\x80", 3),
                                 "../../etc/passwd",
                                 "http://10.0.0.9:80"};
  for (const std::string& value : garbage) {
    StickyBench bench;
    CAPTURE(value.substr(0, 60));
    const std::string set = bench.value_of(bench.ask({"sess=" + value}));
    CHECK(set.substr(0, 17) == part("a") + ".");
    CHECK(set.size() == 33);
    CHECK(bench.counters() == Counters{{"requests", 1}, {"unknown", 1}});
  }
}

TEST_CASE("Traefik's values are honoured and rewritten") {
  const std::string url = "http://b:80";
  for (const std::string& value :
       {hex16(sha256_head(url)), upstream::fnv1_hex(url), upstream::fnv1_hex(upstream::fnv1_hex(url)), url}) {
    StickyBench bench;
    CAPTURE(value);
    const std::string set = bench.value_of(bench.ask({"sess=" + value}));
    CHECK(bench.answered == 1);
    CHECK(set.substr(0, 17) == part("b") + ".");
    CHECK(bench.counters() == Counters{{"requests", 1}, {"kept", 1}});
    // From then on it is ours.
    CHECK(bench.ask({"sess=" + set}).empty());
    CHECK(bench.answered == 1);
  }
}

TEST_CASE("Traefik's value for an address that others had is nobody's") {
  upstream::Server inherited = made_server("b");
  inherited.traefik_values = false;
  StickyBench bench({made_server("a"), inherited});
  CHECK(bench.value_of(bench.ask({"sess=" + hex16(sha256_head("http://b:80"))})).substr(0, 16) == part("a"));
  CHECK(bench.answered == 0);
}

TEST_CASE("of two cookies of the name the first that names an endpoint counts") {
  const std::string a = part("a") + "." + kSession;
  const std::string b = part("b") + "." + kSession;
  const std::string old = part("old") + "." + kSession;
  struct Row {
    Strings cookies;
    std::uint32_t answered;
  };
  const Row rows[] = {
      {{"sess=" + b + "; sess=" + a}, 1},
      {{"sess=" + a + "; sess=" + b}, 0},
      {{"sess=garbage; sess=" + b}, 1},
      {{"sess=" + old + "; sess=" + b}, 1},
      {{"sess=garbage", "sess=" + b}, 1},
      {{"Sess=" + a + "; sess=" + b + "; SESS=" + a}, 1},
      {{"xsess=" + a + "; sess2=" + a + "; sess=" + b}, 1},
  };
  for (const Row& row : rows) {
    StickyBench bench;
    bench.service.otherwise = row.answered == 1 ? 0 : 1;
    CAPTURE(row.cookies);
    CHECK(bench.ask(row.cookies).empty());
    CHECK(bench.answered == row.answered);
  }
}

TEST_CASE("nobody makes us look at a thousand cookies") {
  StickyBench bench;
  std::string line;
  for (int i = 0; i < 1000; ++i) line += "sess=garbage; ";
  const Strings lines = bench.ask({line + "sess=" + part("b") + "." + kSession});
  CHECK(bench.answered == 0);
  CHECK(lines.size() == 1);
}

TEST_CASE("a draining endpoint keeps those that are bound to it by Traefik's value too") {
  StickyBench bench;
  bench.balancer->servers()[1].endpoint->set_state(State::draining, "");
  CHECK(bench.value_of(bench.ask({"sess=http://b:80"})).substr(0, 16) == part("b"));
}

TEST_CASE("a shared cookie keeps the parts of the others") {
  StickyBench bench;
  bench.shared = true;
  const std::string other = part("other-service");
  const std::string third = part("third-service");
  SECTION("new to this service: its part comes first, the session stays") {
    CHECK(bench.value_of(bench.ask({"sess=" + other + "." + third + "." + kSession})) ==
          part("a") + "." + other + "." + third + "." + kSession);
    // Nothing moved: the cookie came from another service.
    CHECK(bench.counters() == Counters{{"requests", 1}, {"fresh", 1}});
  }
  SECTION("ours is in the middle: kept as it is") {
    CHECK(bench.ask({"sess=" + other + "." + part("b") + "." + third + "." + kSession}).empty());
    CHECK(bench.answered == 1);
  }
  SECTION("ours moves: the others stay") {
    bench.balancer->servers()[1].endpoint->set_state(State::gone, "");
    CHECK(bench.value_of(bench.ask({"sess=" + other + "." + part("b") + "." + third + "." + kSession})) ==
          part("a") + "." + other + "." + third + "." + kSession);
    CHECK(bench.counters() == Counters{{"requests", 1}, {"gone", 1}});
  }
  SECTION("no more than four parts, the newest first") {
    const std::string four = other + "." + third + "." + part("x") + "." + part("y");
    CHECK(bench.value_of(bench.ask({"sess=" + four + "." + kSession})) ==
          part("a") + "." + other + "." + third + "." + part("x") + "." + kSession);
  }
}

TEST_CASE("a cookie that is not shared has one part") {
  StickyBench bench;
  CHECK(bench.value_of(bench.ask({"sess=" + part("old") + "." + part("older") + "." + kSession})) ==
        part("a") + "." + kSession);
}

// A middleware and a service that are sticky under different names: two cookies, one session.
TEST_CASE("two cookies on one route count a request once") {
  struct Row {
    Strings cookies;
    std::size_t set;
    Counters counters;
    std::uint64_t sessions;
  };
  const std::string mine = part("b") + "." + kSession;
  const std::string dead = part("old") + "." + kSession;
  for (const Row& row : {Row{{}, 2, {{"requests", 1}, {"fresh", 1}}, 0},
                         Row{{"sess=" + mine + "; inner=" + mine}, 0, {{"requests", 1}, {"kept", 1}}, 1},
                         Row{{"sess=" + mine}, 1, {{"requests", 1}, {"kept", 1}}, 1},
                         Row{{"inner=" + mine}, 1, {{"requests", 1}, {"kept", 1}}, 0},
                         Row{{"sess=" + dead + "; inner=" + mine}, 1, {{"requests", 1}, {"kept", 1}}, 0},
                         Row{{"sess=" + dead + "; inner=" + dead}, 2, {{"requests", 1}, {"gone", 1}}, 0}}) {
    StickyBench bench;
    config::CookieConfig inner = bench.cookie;
    inner.name = "inner";
    const std::vector<http::MiddlewarePtr> chain{
        std::make_shared<const Sticky>(bench.cookie, bench.balancer, false, &bench.sessions),
        std::make_shared<const Sticky>(inner, bench.balancer, false, &bench.sessions)};
    http::Exchange exchange(bench.loop);
    exchange.started_at = std::chrono::system_clock::now();
    for (const std::string& line : row.cookies) exchange.request.fields.add(http::FieldId::cookie, line);
    CAPTURE(row.cookies);
    const auto response = test::run_task(bench.loop, http::Next(chain, bench.service)(exchange));
    CHECK(response.head.fields.count(http::FieldId::set_cookie) == row.set + 1);
    CHECK(bench.counters() == row.counters);
    CHECK(bench.live_sessions() == row.sessions);
    CHECK(exchange.affinity_of == nullptr);
  }
}

TEST_CASE("no answer, no cookie, no count") {
  StickyBench bench;
  bench.service.fails = true;
  CHECK(bench.ask({}).empty());
  CHECK(bench.ask({"sess=" + part("b") + "." + kSession}).empty());
  CHECK(bench.counters().empty());
  CHECK(bench.live_sessions() == 0);
}

TEST_CASE("an answer from somebody else's balancer is not ours to bind") {
  StickyBench bench;
  const auto other = made_balancer({made_server("z")}, "other@docker");
  const FakeService elsewhere(other);
  const Sticky sticky(bench.cookie, bench.balancer, false, nullptr);
  http::Exchange exchange(bench.loop);
  exchange.request.fields.add(http::FieldId::cookie, "sess=x");
  const auto response = test::run_task(bench.loop, sticky.handle(exchange, http::Next({}, elsewhere)));
  CHECK(response.head.fields.count(http::FieldId::set_cookie) == 1);
  CHECK(bench.counters().empty());
}

}  // namespace
}  // namespace mooring::middleware
