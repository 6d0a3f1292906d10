// EchoSession: the server's side of a WebSocket that sends every message back (RFC 6455), as bytes in and bytes out.
//
// Strict: unmasked frames, reserved bits and opcodes, lengths in a longer form than needed, broken fragmentation, bad
// UTF-8 and bad close codes end the session with the close code that the RFC names. Holds at most one message. For
// `mooring whoami`. Knows no stream; one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mooring::cli {

class EchoSession {
 public:
  // A message larger than this is refused (1009): each session holds at most one.
  static constexpr std::size_t kMaxMessage = std::size_t{1} << 20U;

  // Takes the next bytes of the client and appends to `out` what is to be sent. False: the session has ended, `out` is
  // the last that goes out, and what follows is not looked at.
  bool feed(std::string_view bytes, std::string& out);
  bool ended() const { return ended_; }
  // What it holds, for tests.
  std::size_t held() const { return message_.size() + control_.size() + head_size_; }

 private:
  enum class Step : std::uint8_t { head, payload };

  // Takes from the front of `bytes`.
  void take_head(std::string_view& bytes, std::string& out);
  void take_payload(std::string_view& bytes, std::string& out);
  std::size_t head_length() const;
  std::uint16_t begin_frame();  // 0, or the close code of what is wrong
  void end_frame(std::string& out);
  void answer_close(std::string& out);
  void fail(std::uint16_t code, std::string& out);

  Step step_ = Step::head;
  std::array<unsigned char, 14> head_{};
  std::size_t head_size_ = 0;
  std::uint64_t left_ = 0;  // of the payload
  std::size_t mask_at_ = 0;
  bool fin_ = false;
  std::uint8_t opcode_ = 0;          // of the present frame
  std::uint8_t message_opcode_ = 0;  // of the message in progress; 0: none
  std::string message_;
  std::string control_;
  bool ended_ = false;
};

// Sec-WebSocket-Accept for a key (RFC 6455 section 4.2.2); empty when the key is not the base64 of 16 bytes.
std::string websocket_accept(std::string_view key);

// Appends an unmasked, final frame.
void append_frame(std::string& out, std::uint8_t opcode, std::string_view payload);

}  // namespace mooring::cli
