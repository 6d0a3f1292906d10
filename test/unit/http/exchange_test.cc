#include "proxy/http/exchange.h"

#include <catch2/catch_test_macros.hpp>

namespace mooring::http {
namespace {

void count(void* context) {
  ++*static_cast<int*>(context);
}

TEST_CASE("the first reason to cancel stays, and is told once") {
  loop::EventLoop loop;
  Exchange exchange(loop);
  int told = 0;
  exchange.on_cancel(count, &told);
  CHECK_FALSE(exchange.canceled());
  exchange.cancel(FailureKind::canceled, Side::client);
  exchange.cancel(FailureKind::http_response_timeout, Side::upstream);
  CHECK(told == 1);
  CHECK(exchange.canceled().kind == FailureKind::canceled);
  CHECK(exchange.canceled().side == Side::client);
}

TEST_CASE("nobody listens, or no longer") {
  loop::EventLoop loop;
  Exchange exchange(loop);
  int told = 0;
  exchange.on_cancel(count, &told);
  exchange.on_cancel(nullptr, nullptr);
  exchange.cancel(FailureKind::canceled, Side::proxy);
  CHECK(told == 0);
  CHECK(exchange.canceled());
}

TEST_CASE("after reset nothing of the last request is left") {
  loop::EventLoop loop;
  Exchange exchange(loop);
  int ended = 0;
  int told = 0;
  TextBody body("text");
  const Peer peer{};
  exchange.worker = 3;
  exchange.request.fields.add(FieldId::cookie, exchange.arena.copy("a=b"));
  exchange.request.method = Method::post;
  exchange.request.path = "/x";
  exchange.request.framing = {.kind = BodyKind::length, .length = 4};
  exchange.body.reset(&body);
  exchange.request_sent = true;
  exchange.peer = &peer;
  exchange.preferred = {.balancer = &loop, .index = 1};
  exchange.answered = {.balancer = &loop, .index = 2};
  exchange.router = exchange.service = exchange.server_url = "x";
  exchange.retries = 2;
  exchange.started_ms = 5;
  exchange.on_cancel(count, &told);
  exchange.at_end(count, &ended);
  exchange.cancel(FailureKind::canceled, Side::client);
  exchange.reset();
  CHECK(ended == 1);
  CHECK(told == 1);
  CHECK(exchange.arena.bytes() == 0);
  CHECK(exchange.request.fields.empty());
  CHECK(exchange.request.method == Method::get);
  CHECK(exchange.request.path.empty());
  CHECK(exchange.request.framing.kind == BodyKind::none);
  CHECK_FALSE(exchange.body.present());
  CHECK_FALSE(exchange.request_sent);
  CHECK(exchange.peer == nullptr);
  CHECK(exchange.preferred == EndpointChoice{});
  CHECK(exchange.answered == EndpointChoice{});
  CHECK(exchange.router.empty());
  CHECK(exchange.service.empty());
  CHECK(exchange.server_url.empty());
  CHECK(exchange.retries == 0);
  CHECK_FALSE(exchange.canceled());
  CHECK(exchange.worker == 3);
  // Neither is called for the next request.
  exchange.cancel(FailureKind::canceled, Side::client);
  exchange.reset();
  CHECK(ended == 1);
  CHECK(told == 1);
  exchange.request.fields.add(FieldId::host, exchange.arena.copy("next"));
  CHECK(exchange.request.fields.value(FieldId::host) == "next");
}

}  // namespace
}  // namespace mooring::http
