// KeptBody: a request's body that can be sent again as long as it is small.
//
// What was read from the source is kept, up to 64 KiB, until somebody answers; rewind() then gives it once more before
// the rest. Owned by the Exchange; reads from the connection's body. One loop, one thread.
#pragma once

#include <cstddef>
#include <string>

#include "proxy/http/body.h"

namespace mooring::http {

class KeptBody {
 public:
  // More than this is not worth a copy: most bodies that big are uploads, which clients can repeat themselves.
  static constexpr std::size_t kMaxKept = std::size_t{64} * 1024;

  // `source` null: there is no body.
  void reset(Body* source);
  ~KeptBody() { forget(); }
  KeptBody() = default;
  KeptBody(const KeptBody&) = delete;
  KeptBody& operator=(const KeptBody&) = delete;
  bool present() const { return source_ != nullptr; }

  bool try_read(BodyRead& piece);
  loop::Task<BodyRead> read();
  // Only what is not kept can go past us.
  bool can_move_to(const loop::Stream& sink) const {
    return source_ != nullptr && !keeping_ && given_ == kept_.size() && source_->can_move_to(sink);
  }
  loop::Task<std::uint64_t> move_to(loop::Stream& sink) {
    lost_ = true;
    return source_->move_to(sink);
  }
  const HeaderMap* trailers() const { return source_ == nullptr ? nullptr : source_->trailers(); }
  void interrupt() {
    if (source_ != nullptr) source_->interrupt();
  }

  // Everything that was read is still here (nothing was read at all: true).
  bool can_rewind() const { return !lost_; }
  void rewind() { given_ = 0; }
  // Somebody has answered: nothing will be sent again.
  void stop_keeping();
  // Bytes that are kept now.
  std::size_t kept() const { return kept_.size(); }

 private:
  bool give_kept(BodyRead& piece);
  void keep(const BodyRead& piece);
  void forget();

  Body* source_ = nullptr;
  std::string kept_;
  std::size_t given_ = 0;     // how much of kept_ the present attempt has had
  bool source_last_ = false;  // the source has no more
  bool keeping_ = true;
  bool lost_ = false;
};

}  // namespace mooring::http
