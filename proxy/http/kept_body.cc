#include "proxy/http/kept_body.h"

#include "proxy/http/held_bytes.h"

namespace mooring::http {

void KeptBody::reset(Body* source) {
  source_ = source;
  forget();
  given_ = 0;
  source_last_ = false;
  keeping_ = true;
  lost_ = false;
}

bool KeptBody::give_kept(BodyRead& piece) {
  if (given_ == kept_.size() && !source_last_) return false;
  piece = {.bytes = std::string_view(kept_).substr(given_), .last = source_last_, .failure = {}};
  given_ = kept_.size();
  return true;
}

bool KeptBody::try_read(BodyRead& piece) {
  if (source_ == nullptr) {
    piece = {.bytes = {}, .last = true, .failure = {}};
    return true;
  }
  if (give_kept(piece)) return true;
  if (!source_->try_read(piece)) return false;
  keep(piece);
  return true;
}

loop::Task<BodyRead> KeptBody::read() {
  BodyRead piece;
  if (try_read(piece)) co_return piece;
  piece = co_await source_->read();
  keep(piece);
  co_return piece;
}

void KeptBody::keep(const BodyRead& piece) {
  if (piece.failure) return;
  source_last_ = piece.last;
  if (!keeping_) {
    if (!piece.bytes.empty()) lost_ = true;
    return;
  }
  if (kept_.size() + piece.bytes.size() > kMaxKept) {
    stop_keeping();
    lost_ = true;
    return;
  }
  kept_ += piece.bytes;
  held_bytes += piece.bytes.size();
  given_ = kept_.size();
}

void KeptBody::stop_keeping() {
  if (!keeping_) return;
  keeping_ = false;
  // What the present attempt has not had yet must stay; attempts read to the end of it before they read on.
  if (given_ != kept_.size()) return;
  if (!kept_.empty()) lost_ = true;
  forget();
  given_ = 0;
}

void KeptBody::forget() {
  if (kept_.capacity() == 0) return;
  held_bytes -= kept_.size();
  std::string().swap(kept_);
}

}  // namespace mooring::http
