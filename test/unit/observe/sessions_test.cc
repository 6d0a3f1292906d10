#include "proxy/observe/sessions.h"

#include <catch2/catch_test_macros.hpp>
#include <thread>

namespace mooring::observe {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const auto kNow = std::chrono::system_clock::time_point(std::chrono::hours(500'000));

TEST_CASE("nobody was seen") {
  const Sessions sessions(2);
  const auto counts = sessions.count(kNow);
  CHECK(counts.total == 0);
  CHECK(counts.by_endpoint.empty());
  CHECK_FALSE(counts.estimated);
}

TEST_CASE("a session counts once, on the endpoint where it was seen last, over all workers") {
  Sessions sessions(3);
  sessions.seen(0, 11, 100, kNow);
  sessions.seen(0, 11, 100, kNow + seconds(1));
  sessions.seen(1, 11, 200, kNow + seconds(5));
  sessions.seen(2, 11, 100, kNow + seconds(3));
  sessions.seen(2, 12, 100, kNow);
  const auto counts = sessions.count(kNow + seconds(5));
  CHECK(counts.total == 2);
  CHECK(counts.by_endpoint.size() == 2);
  CHECK(counts.by_endpoint.at(100) == 1);
  CHECK(counts.by_endpoint.at(200) == 1);
}

TEST_CASE("a session counts for 30 minutes after it was last seen") {
  Sessions sessions(1);
  sessions.seen(0, 11, 100, kNow);
  CHECK(sessions.count(kNow + minutes(30) - seconds(1)).total == 1);
  CHECK(sessions.count(kNow + minutes(30)).total == 0);
  sessions.seen(0, 11, 100, kNow + minutes(29));
  CHECK(sessions.count(kNow + minutes(58)).total == 1);
}

TEST_CASE("what is no session, or no worker, is not counted") {
  Sessions sessions(1);
  sessions.seen(0, 0, 100, kNow);
  sessions.seen(1, 11, 100, kNow);
  sessions.seen(99, 11, 100, kNow);
  CHECK(sessions.count(kNow).total == 0);
}

TEST_CASE("sessions that name one slot stand beside each other, and one that is seen again is found there") {
  Sessions sessions(1);
  for (std::uint64_t i = 1; i <= 8; ++i) sessions.seen(0, 7 + i * Sessions::kSlots, i, kNow);
  CHECK(sessions.count(kNow).total == 8);
  for (std::uint64_t i = 8; i >= 1; --i) sessions.seen(0, 7 + i * Sessions::kSlots, 99, kNow + seconds(1));
  const auto counts = sessions.count(kNow + seconds(1));
  CHECK(counts.total == 8);
  CHECK(counts.by_endpoint.at(99) == 8);
  CHECK_FALSE(counts.estimated);
}

TEST_CASE("one too many pushes the oldest out, and the number says that it is too low, for as long as that is true") {
  Sessions sessions(1);
  for (std::uint64_t i = 1; i <= 8; ++i) sessions.seen(0, i * Sessions::kSlots, i, kNow + seconds(i));
  sessions.seen(0, 9 * Sessions::kSlots, 9, kNow + seconds(20));
  const auto counts = sessions.count(kNow + seconds(20));
  CHECK(counts.total == 8);
  CHECK(counts.estimated);
  CHECK_FALSE(counts.by_endpoint.contains(1));
  CHECK(counts.by_endpoint.contains(9));
  CHECK_FALSE(sessions.count(kNow + minutes(31)).estimated);
}

TEST_CASE("a slot whose session is long gone is taken without a word") {
  Sessions sessions(1);
  for (std::uint64_t i = 1; i <= 8; ++i) sessions.seen(0, i * Sessions::kSlots, i, kNow);
  sessions.seen(0, 9 * Sessions::kSlots, 9, kNow + minutes(40));
  const auto counts = sessions.count(kNow + minutes(40));
  CHECK(counts.total == 1);
  CHECK_FALSE(counts.estimated);
}

TEST_CASE("somebody who makes sessions up fills the table and no more") {
  Sessions sessions(1);
  for (std::uint64_t i = 1; i <= 3 * Sessions::kSlots; ++i) {
    sessions.seen(0, i * 0x9e3779b97f4a7c15ULL, i % 4, kNow);
  }
  const auto counts = sessions.count(kNow);
  CHECK(counts.total <= Sessions::kSlots);
  CHECK(counts.total > Sessions::kSlots / 2);
  CHECK(counts.estimated);
}

TEST_CASE("it may be read while workers write") {
  Sessions sessions(2);
  {
    std::vector<std::jthread> workers;
    for (std::size_t worker = 0; worker < 2; ++worker) {
      workers.emplace_back([&sessions, worker] {
        for (std::uint64_t i = 1; i <= 20'000; ++i) sessions.seen(worker, i % 1000 + 1, worker, kNow);
      });
    }
    for (int i = 0; i < 5; ++i) CHECK(sessions.count(kNow).total <= 1000);
  }
  CHECK(sessions.count(kNow).total == 1000);
}

}  // namespace
}  // namespace mooring::observe
