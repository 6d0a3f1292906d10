// Frames as a WebSocket client sends them, good and bad, for the echo's tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mooring::cli {

struct Frame {
  unsigned first = 0x81;  // FIN, reserved bits, opcode
  std::string_view payload;
  bool masked = true;
  int length_bytes = -1;      // 0, 2 or 8 behind the second byte; -1: the shortest
  std::int64_t claimed = -1;  // the length that the head claims; -1: the true one
};

inline std::string bytes_of(const Frame& frame) {
  const std::uint64_t length = frame.claimed < 0 ? frame.payload.size() : static_cast<std::uint64_t>(frame.claimed);
  const int extended = frame.length_bytes >= 0 ? frame.length_bytes : (length < 126 ? 0 : (length < 65536 ? 2 : 8));
  std::string out;
  out.push_back(static_cast<char>(frame.first));
  const unsigned mark = frame.masked ? 0x80U : 0U;
  out.push_back(static_cast<char>(mark | (extended == 0 ? length : (extended == 2 ? 126U : 127U))));
  for (int i = extended - 1; i >= 0; --i) {
    out.push_back(static_cast<char>((length >> (static_cast<unsigned>(i) * 8U)) & 0xFFU));
  }
  constexpr std::string_view kMask = "\x37\xfa\x21\x3d";
  if (frame.masked) out += kMask;
  for (std::size_t i = 0; i < frame.payload.size(); ++i) {
    out.push_back(frame.masked ? static_cast<char>(frame.payload[i] ^ kMask[i % 4]) : frame.payload[i]);
  }
  return out;
}

inline std::string text_frame(std::string_view payload) {
  return bytes_of({.first = 0x81, .payload = payload});
}

}  // namespace mooring::cli
