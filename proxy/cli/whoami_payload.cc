#include "proxy/cli/whoami_payload.h"

#include <algorithm>
#include <string>

namespace mooring::cli {
namespace {

constexpr std::string_view kAlphabet = "-ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kEdge = "|";
constexpr std::size_t kRepeats = 2400;  // just under 64 KiB: one write

const std::string& pattern() {
  static const std::string repeated_once = [] {
    std::string repeated;
    repeated.reserve(kAlphabet.size() * kRepeats);
    for (std::size_t i = 0; i < kRepeats; ++i) repeated += kAlphabet;
    return repeated;
  }();
  return repeated_once;
}

}  // namespace

bool PayloadBody::try_read(http::BodyRead& piece) {
  piece = {};
  if (at_ >= size_) {
    piece.last = true;
    return true;
  }
  if (at_ == 0 || at_ + 1 == size_) {
    piece.bytes = kEdge;
  } else {
    const std::string_view repeated = pattern();
    const std::string_view rest = repeated.substr(at_ % kAlphabet.size());
    piece.bytes = rest.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(rest.size(), size_ - 1 - at_)));
  }
  at_ += piece.bytes.size();
  piece.last = at_ == size_;
  return true;
}

loop::Task<http::BodyRead> PayloadBody::read() {
  http::BodyRead piece;
  try_read(piece);
  co_return piece;
}

}  // namespace mooring::cli
