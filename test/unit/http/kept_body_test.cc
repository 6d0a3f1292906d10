#include "proxy/http/kept_body.h"

#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <string>

#include "test/support/waiting.h"

namespace mooring::http {
namespace {

// Gives the pieces one after the other; those that are marked as late only to read().
class Pieces final : public Body {
 public:
  struct Piece {
    std::string bytes;
    bool last = false;
    bool late = false;
    FailureKind failure = FailureKind::none;
  };
  explicit Pieces(std::deque<Piece> pieces) : pieces_(std::move(pieces)) {}

  bool try_read(BodyRead& piece) override {
    if (pieces_.empty()) {
      piece = {.bytes = {}, .last = true, .failure = {}};
      return true;
    }
    if (pieces_.front().late) {
      pieces_.front().late = false;
      return false;
    }
    current_ = pieces_.front();
    pieces_.pop_front();
    ++given;
    piece = {.bytes = current_.bytes, .last = current_.last, .failure = {}};
    piece.failure.kind = current_.failure;
    return true;
  }
  loop::Task<BodyRead> read() override {
    BodyRead piece;
    while (!try_read(piece)) {
    }
    co_return piece;
  }
  void interrupt() override { ++interrupted; }

  int given = 0;
  int interrupted = 0;

 private:
  std::deque<Piece> pieces_;
  Piece current_;
};

struct KeptBodyBench {
  loop::EventLoop loop;
  KeptBody body;
  BodyRead read() { return test::run_task(loop, body.read()); }
  // Reads to the end.
  std::string rest() {
    std::string text;
    while (true) {
      const BodyRead piece = read();
      REQUIRE_FALSE(piece.failure);
      text += piece.bytes;
      if (piece.last) return text;
    }
  }
};

TEST_CASE("no body is an empty one, at once and again") {
  KeptBodyBench bench;
  bench.body.reset(nullptr);
  CHECK_FALSE(bench.body.present());
  for (int i = 0; i < 2; ++i) {
    BodyRead piece;
    REQUIRE(bench.body.try_read(piece));
    CHECK(piece.bytes.empty());
    CHECK(piece.last);
  }
  CHECK(bench.body.can_rewind());
  CHECK(bench.body.trailers() == nullptr);
  bench.body.interrupt();
  bench.body.stop_keeping();
  CHECK(bench.rest().empty());
}

TEST_CASE("a small body is given again, at whatever piece the attempt ended") {
  for (std::size_t pieces_read = 0; pieces_read <= 4; ++pieces_read) {
    KeptBodyBench bench;
    Pieces source({{"one ", false, false}, {"two ", false, true}, {"", false, false}, {"three", true, false}});
    bench.body.reset(&source);
    CHECK(bench.body.present());
    std::string first;
    for (std::size_t i = 0; i < pieces_read; ++i) first += bench.read().bytes;
    CHECK(bench.body.can_rewind());
    bench.body.rewind();
    CHECK(bench.rest() == "one two three");
    bench.body.rewind();
    CHECK(bench.rest() == "one two three");
    CHECK(source.given == 4);
  }
}

TEST_CASE("a second attempt that ends earlier than the first, and a third") {
  KeptBodyBench bench;
  Pieces source({{"aa"}, {"bb"}, {"cc"}, {"dd", true}});
  bench.body.reset(&source);
  static_cast<void>(bench.read());
  static_cast<void>(bench.read());
  static_cast<void>(bench.read());
  bench.body.rewind();
  CHECK(bench.read().bytes == "aabbcc");
  bench.body.rewind();
  CHECK(bench.rest() == "aabbccdd");
}

TEST_CASE("after the end it stays at the end") {
  KeptBodyBench bench;
  Pieces source({{"x", true}});
  bench.body.reset(&source);
  CHECK(bench.rest() == "x");
  const BodyRead again = bench.read();
  CHECK(again.last);
  CHECK(again.bytes.empty());
  CHECK(source.given == 1);
}

TEST_CASE("what is too large to keep is given once") {
  for (const std::size_t size : {KeptBody::kMaxKept - 1, KeptBody::kMaxKept, KeptBody::kMaxKept + 1}) {
    KeptBodyBench bench;
    const std::string data(size, 'x');
    Pieces source({{data.substr(0, 1000)}, {data.substr(1000), true}});
    bench.body.reset(&source);
    CHECK(bench.rest() == data);
    CHECK(bench.body.can_rewind() == (size <= KeptBody::kMaxKept));
    if (!bench.body.can_rewind()) continue;
    bench.body.rewind();
    CHECK(bench.rest() == data);
  }
}

TEST_CASE("one piece larger than all that is kept") {
  KeptBodyBench bench;
  const std::string data(KeptBody::kMaxKept * 2, 'x');
  Pieces source({{data}, {"tail", true}});
  bench.body.reset(&source);
  CHECK(bench.rest() == data + "tail");
  CHECK_FALSE(bench.body.can_rewind());
}

TEST_CASE("once somebody has answered nothing is kept, but all is still given") {
  KeptBodyBench bench;
  Pieces source({{"aa"}, {"bb"}, {"cc", true}});
  bench.body.reset(&source);
  SECTION("in the middle") {
    CHECK(bench.read().bytes == "aa");
    bench.body.stop_keeping();
    CHECK(bench.rest() == "bbcc");
    CHECK_FALSE(bench.body.can_rewind());
  }
  SECTION("before anything was read") {
    bench.body.stop_keeping();
    CHECK(bench.body.can_rewind());
    CHECK(bench.rest() == "aabbcc");
    CHECK_FALSE(bench.body.can_rewind());
  }
  SECTION("while the second attempt still has the first one's bytes before it") {
    CHECK(bench.read().bytes == "aa");
    CHECK(bench.read().bytes == "bb");
    bench.body.rewind();
    bench.body.stop_keeping();
    CHECK(bench.rest() == "aabbcc");
    CHECK_FALSE(bench.body.can_rewind());
  }
  SECTION("after the end") {
    CHECK(bench.rest() == "aabbcc");
    bench.body.stop_keeping();
    bench.body.stop_keeping();
    CHECK_FALSE(bench.body.can_rewind());
    CHECK(bench.read().last);
  }
}

TEST_CASE("a failure passes through, and what was read before may be sent again") {
  KeptBodyBench bench;
  Pieces source({{"aa"}, {"", false, false, FailureKind::canceled}, {"bb", true}});
  bench.body.reset(&source);
  CHECK(bench.read().bytes == "aa");
  CHECK(bench.read().failure.kind == FailureKind::canceled);
  CHECK(bench.body.can_rewind());
  bench.body.rewind();
  CHECK(bench.rest() == "aabb");
}

TEST_CASE("interrupt reaches the source") {
  KeptBodyBench bench;
  Pieces source({{"aa", true}});
  bench.body.reset(&source);
  bench.body.interrupt();
  CHECK(source.interrupted == 1);
}

TEST_CASE("a new source begins anew") {
  KeptBodyBench bench;
  Pieces large({{std::string(KeptBody::kMaxKept + 1, 'x'), true}});
  bench.body.reset(&large);
  static_cast<void>(bench.rest());
  REQUIRE_FALSE(bench.body.can_rewind());
  Pieces source({{"aa", true}});
  bench.body.reset(&source);
  CHECK(bench.body.can_rewind());
  CHECK(bench.rest() == "aa");
  bench.body.rewind();
  CHECK(bench.rest() == "aa");
}

}  // namespace
}  // namespace mooring::http
