#include "proxy/loop/deadline.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <vector>

#include "proxy/loop/task_scope.h"
#include "proxy/loop/timer.h"

namespace mooring::loop {
namespace {

struct Record {
  EventLoop& loop;
  std::uint64_t fired_at = 0;
  int fired = 0;
  static void fire(void* context) {
    auto* self = static_cast<Record*>(context);
    self->fired_at = self->loop.now_ms();
    ++self->fired;
  }
};

Task<> wait(EventLoop& loop, std::uint64_t ms) {
  Sleep sleep(loop);
  co_await sleep.wait(ms);
}

void run_for(EventLoop& loop, std::uint64_t ms) {
  TaskScope scope(loop);
  scope.spawn(wait(loop, ms));
  loop.run();
}

TEST_CASE("a deadline fires once and never early") {
  EventLoop loop;
  Record record{loop};
  Deadline deadline(loop.deadlines(), Record::fire, &record);
  run_for(loop, 1);
  const std::uint64_t start = loop.now_ms();
  deadline.set(120);
  run_for(loop, 400);
  CHECK(record.fired == 1);
  CHECK(record.fired_at >= start + 120);
}

TEST_CASE("a deadline that is moved or cleared does not fire at its old time") {
  EventLoop loop;
  Record moved{loop};
  Record cleared{loop};
  Deadline first(loop.deadlines(), Record::fire, &moved);
  Deadline second(loop.deadlines(), Record::fire, &cleared);
  const std::uint64_t start = loop.now_ms();
  first.set(60);
  second.set(60);
  first.set(250);
  second.clear();
  run_for(loop, 500);
  CHECK(moved.fired == 1);
  CHECK(moved.fired_at >= start + 250);
  CHECK(cleared.fired == 0);
  CHECK(loop.deadlines().size() == 0);
}

TEST_CASE("a deadline can be brought forward") {
  EventLoop loop;
  Record record{loop};
  Deadline deadline(loop.deadlines(), Record::fire, &record);
  deadline.set(100'000);
  deadline.set(50);
  run_for(loop, 300);
  CHECK(record.fired == 1);
}

TEST_CASE("a callback may destroy other deadlines of the same slot") {
  EventLoop loop;
  struct Pair {
    std::unique_ptr<Deadline> other;
    int fired = 0;
    static void fire(void* context) {
      auto* self = static_cast<Pair*>(context);
      self->other.reset();
      ++self->fired;
    }
  };
  Pair a;
  Pair b;
  b.other = std::make_unique<Deadline>(loop.deadlines(), Pair::fire, &a);
  a.other = std::make_unique<Deadline>(loop.deadlines(), Pair::fire, &b);
  b.other->set(60);
  a.other->set(60);
  run_for(loop, 300);
  // Whichever came first took the other with it.
  CHECK(a.fired + b.fired == 1);
  a.other.reset();
  b.other.reset();
}

}  // namespace
}  // namespace mooring::loop
