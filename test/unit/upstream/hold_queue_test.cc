#include "proxy/upstream/hold_queue.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/http/exchange.h"
#include "proxy/loop/task_scope.h"
#include "test/support/waiting.h"

namespace mooring::upstream {
namespace {

constexpr std::uint64_t kLong = 60'000;

struct HoldQueueBench {
  loop::EventLoop loop;
  HoldQueue queue;
  std::string order;  // of those who were let go
  loop::TaskScope tasks{loop};
};

loop::Task<void> stand(HoldQueueBench& bench, char name, std::uint64_t turn) {
  http::Exchange exchange(bench.loop);
  HoldQueue::Place place(bench.queue, exchange, turn);
  co_await place.wait(kLong);
  bench.order += name;
}

TEST_CASE("who comes back to the queue stands where he stood") {
  HoldQueueBench bench;
  const std::uint64_t first = bench.queue.next_turn();
  const std::uint64_t second = bench.queue.next_turn();
  const std::uint64_t third = bench.queue.next_turn();
  bench.tasks.spawn(stand(bench, 'b', second));
  bench.tasks.spawn(stand(bench, 'c', third));
  bench.tasks.spawn(stand(bench, 'a', first));
  bench.tasks.spawn(stand(bench, 'd', bench.queue.next_turn()));
  CHECK(bench.queue.anybody());
  bench.queue.wake();
  REQUIRE(test::run_until(bench.loop, [&] { return bench.tasks.size() == 0; }));
  CHECK(bench.order == "abcd");
  CHECK_FALSE(bench.queue.anybody());
}

}  // namespace
}  // namespace mooring::upstream
