// The PROXY protocol's header, versions 1 and 2: what a load balancer says in front of the first request about whose
// connection it passes on.
//
// Fed with bytes as they come, in any pieces; it takes not one byte behind the header, and keeps at most 108 of them.
// Strict: what the specification does not allow fails, so that two readers never see two clients. It knows no sockets
// and no trust: the connection asks it only where the peer may speak for others. One connection, one thread.
// Source: HAProxy's proxy-protocol.txt, sections 2.1 and 2.2.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proxy/config/ip.h"
#include "proxy/http/parse_result.h"

namespace mooring::http {

// Who the connection comes from, in the word of the peer.
struct ProxySource {
  config::IpAddress address;
  std::uint16_t port = 0;
  bool operator==(const ProxySource&) const = default;
};

class ProxyHeaderParser {
 public:
  // "PROXY ", two addresses, two ports and CRLF at their longest.
  static constexpr std::size_t kMaxLine = 107;
  // Of version 2, behind its first 16 bytes: addresses and TLVs. Senders that add a certificate need some 2,000.
  static constexpr std::size_t kMaxBlock = 4096;

  // done: `consumed` ends right behind the header.
  Parsed feed(std::string_view bytes);

  // Once done. Nothing: the socket's own address counts (UNKNOWN, LOCAL, a unix socket).
  const std::optional<ProxySource>& source() const { return source_; }
  // Once failed: static text, for the log.
  std::string_view failure() const { return failure_; }

 private:
  enum class Step : std::uint8_t { signature, line, block, done, failed };

  void take(char byte);
  void take_signature(char byte);
  void take_line(char byte);
  void take_block(char byte);
  void read_line(std::string_view line);
  void read_block_head();
  void read_addresses();
  void fail(std::string_view why);

  std::array<char, kMaxLine + 1> kept_{};
  std::size_t size_ = 0;           // bytes seen of the header
  std::size_t block_bytes_ = 0;    // of version 2's header in all
  std::size_t address_bytes_ = 0;  // of one address, 0: none is read
  Step step_ = Step::signature;
  std::optional<ProxySource> source_;
  std::string_view failure_;
};

}  // namespace mooring::http
