#include "proxy/cli/websocket_echo.h"

#include <openssl/evp.h>

#include <algorithm>

#include "proxy/cli/utf8.h"

namespace mooring::cli {
namespace {

constexpr std::uint8_t kContinuation = 0;
constexpr std::uint8_t kText = 1;
constexpr std::uint8_t kBinary = 2;
constexpr std::uint8_t kClose = 8;
constexpr std::uint8_t kPing = 9;
constexpr std::uint8_t kPong = 10;

constexpr std::uint16_t kProtocolError = 1002;
constexpr std::uint16_t kNotUtf8 = 1007;
constexpr std::uint16_t kTooBig = 1009;
constexpr std::size_t kMaxControl = 125;

bool is_control(std::uint8_t opcode) {
  return (opcode & 8U) != 0;
}
bool is_known(std::uint8_t opcode) {
  return opcode <= kBinary || (opcode >= kClose && opcode <= kPong);
}

// What may be sent in a close frame (RFC 6455 section 7.4, and the registry: up to 1014).
bool is_close_code(unsigned code) {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

std::string code_bytes(unsigned code) {
  return {static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
}

}  // namespace

void append_frame(std::string& out, std::uint8_t opcode, std::string_view payload) {
  out.push_back(static_cast<char>(0x80U | opcode));
  const std::size_t size = payload.size();
  int bytes = 0;
  if (size <= kMaxControl) {
    out.push_back(static_cast<char>(size));
  } else {
    bytes = size <= 0xFFFF ? 2 : 8;
    out.push_back(static_cast<char>(bytes == 2 ? 126 : 127));
  }
  for (int i = bytes - 1; i >= 0; --i) {
    out.push_back(static_cast<char>((size >> (static_cast<unsigned>(i) * 8U)) & 0xFFU));
  }
  out.append(payload);
}

bool EchoSession::feed(std::string_view bytes, std::string& out) {
  while (!ended_ && !bytes.empty()) {
    if (step_ == Step::head) {
      take_head(bytes, out);
    } else {
      take_payload(bytes, out);
    }
  }
  return !ended_;
}

// How long the head is, as far as its first two bytes say; 2 while they are not there.
std::size_t EchoSession::head_length() const {
  if (head_size_ < 2) return 2;
  const unsigned length = head_[1] & 0x7FU;
  const std::size_t extended = length == 126 ? 2 : (length == 127 ? 8 : 0);
  return 2 + extended + 4;
}

void EchoSession::take_head(std::string_view& bytes, std::string& out) {
  const std::size_t part = std::min(bytes.size(), head_length() - head_size_);
  std::copy_n(bytes.begin(), part, head_.begin() + static_cast<std::ptrdiff_t>(head_size_));
  head_size_ += part;
  bytes.remove_prefix(part);
  // A client that does not mask is refused by its second byte: there may be no more of the head to wait for.
  if (head_size_ == 2 && (head_[1] & 0x80U) == 0) return fail(kProtocolError, out);
  if (head_size_ < head_length()) return;
  if (const std::uint16_t code = begin_frame(); code != 0) return fail(code, out);
  step_ = Step::payload;
  if (left_ == 0) end_frame(out);
}

std::uint16_t EchoSession::begin_frame() {
  fin_ = (head_[0] & 0x80U) != 0;
  opcode_ = head_[0] & 0x0FU;
  const std::size_t extended = head_length() - 6;
  left_ = head_[1] & 0x7FU;
  if (extended != 0) {
    left_ = 0;
    for (std::size_t i = 0; i < extended; ++i) left_ = left_ << 8U | head_.at(2 + i);
  }
  const bool reserved_bits = (head_[0] & 0x70U) != 0;
  const bool longer_than_needed = (extended == 2 && left_ <= kMaxControl) || (extended == 8 && left_ <= 0xFFFF);
  if (reserved_bits || longer_than_needed || !is_known(opcode_)) return kProtocolError;
  mask_at_ = 2 + extended;
  if (is_control(opcode_)) {
    control_.clear();
    return !fin_ || left_ > kMaxControl ? kProtocolError : std::uint16_t{0};
  }
  // A message goes on exactly when one was begun.
  if ((opcode_ == kContinuation) != (message_opcode_ != 0)) return kProtocolError;
  if (left_ > kMaxMessage - message_.size()) return kTooBig;
  if (opcode_ != kContinuation) message_opcode_ = opcode_;
  return 0;
}

void EchoSession::take_payload(std::string_view& bytes, std::string& out) {
  std::string& into = is_control(opcode_) ? control_ : message_;
  const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left_));
  // The four mask bytes are the last of the head and are used in turn, across however many pieces the payload comes in.
  for (std::size_t i = 0; i < part; ++i) {
    into.push_back(static_cast<char>(static_cast<unsigned char>(bytes[i]) ^ head_.at(mask_at_)));
    mask_at_ = mask_at_ + 1 == head_size_ ? head_size_ - 4 : mask_at_ + 1;
  }
  left_ -= part;
  bytes.remove_prefix(part);
  if (left_ == 0) end_frame(out);
}

void EchoSession::end_frame(std::string& out) {
  step_ = Step::head;
  head_size_ = 0;
  if (opcode_ == kClose) return answer_close(out);
  if (opcode_ == kPing) return append_frame(out, kPong, control_);
  if (opcode_ == kPong || !fin_) return;
  if (message_opcode_ == kText && !is_utf8(message_)) return fail(kNotUtf8, out);
  append_frame(out, message_opcode_, message_);
  message_opcode_ = 0;
  message_.clear();
  // A large message leaves no large buffer behind.
  if (message_.capacity() > std::size_t{64} * 1024) message_.shrink_to_fit();
}

void EchoSession::answer_close(std::string& out) {
  const std::string_view payload = control_;
  if (payload.empty()) {
    append_frame(out, kClose, {});
    ended_ = true;
    return;
  }
  if (payload.size() < 2) return fail(kProtocolError, out);
  const unsigned code =
      static_cast<unsigned>(static_cast<unsigned char>(payload[0])) << 8U | static_cast<unsigned char>(payload[1]);
  if (!is_close_code(code)) return fail(kProtocolError, out);
  if (!is_utf8(payload.substr(2))) return fail(kNotUtf8, out);
  append_frame(out, kClose, code_bytes(code));
  ended_ = true;
}

void EchoSession::fail(std::uint16_t code, std::string& out) {
  append_frame(out, kClose, code_bytes(code));
  ended_ = true;
}

std::string websocket_accept(std::string_view key) {
  std::array<unsigned char, 24> decoded{};
  if (key.size() != 24 || key.find('=') != 22 || key.back() != '=') return {};
  if (EVP_DecodeBlock(decoded.data(), reinterpret_cast<const unsigned char*>(key.data()), 24) != 18) return {};
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> digest{};
  std::size_t length = digest.size();
  if (EVP_Q_digest(nullptr, "SHA1", nullptr, text.data(), text.size(), digest.data(), &length) != 1) return {};
  std::array<unsigned char, 32> encoded{};
  const int size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(length));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size)};
}

}  // namespace mooring::cli
