#include "middleware/unserved.h"

#include <catch2/catch_test_macros.hpp>

#include "test/support/waiting.h"

namespace mooring::middleware {
namespace {

TEST_CASE("a broken route answers that nobody is there, and does not ask to come back") {
  loop::EventLoop loop;
  http::Exchange exchange(loop);
  const http::Response response = test::run_task(loop, Unserved().handle(exchange));
  CHECK(response.failure.kind == http::FailureKind::destination_unavailable);
  CHECK(response.failure.side == http::Side::proxy);
  CHECK(response.failure.retry_after == 0);
  CHECK_FALSE(response.failure.detail.empty());
  CHECK(response.body == nullptr);
  CHECK(exchange.answered.balancer == nullptr);
}

}  // namespace
}  // namespace mooring::middleware
