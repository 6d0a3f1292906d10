#include "proxy/http/proxy_protocol.h"

#include <charconv>

namespace mooring::http {
namespace {

constexpr std::string_view kFirst{"PROXY "};
constexpr std::string_view kSecond{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t kBlockHead = 16;

std::uint16_t number_at(const char* bytes) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[0]) << 8U | static_cast<unsigned char>(bytes[1]));
}

// 0 to 65535 in decimal, without a sign, blanks or leading zeros.
std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return port;
}

// No brackets and no zone here, whatever IpAddress takes elsewhere.
std::optional<config::IpAddress> read_address(std::string_view text, bool v6) {
  const std::string_view allowed = v6 ? "0123456789abcdefABCDEF:." : "0123456789.";
  if (text.empty() || text.find_first_not_of(allowed) != std::string_view::npos) return std::nullopt;
  if (v6 != (text.find(':') != std::string_view::npos)) return std::nullopt;
  return config::IpAddress::parse(text);
}

std::string_view next_word(std::string_view& line) {
  const std::size_t blank = line.find(' ');
  const std::string_view word = line.substr(0, blank);
  line = blank == std::string_view::npos ? std::string_view{} : line.substr(blank + 1);
  return word;
}

// IPv4-mapped addresses are unwrapped, as everywhere.
config::IpAddress address_of(const char* bytes, std::size_t count) {
  config::IpAddress address;
  address.v6 = count == 16;
  for (std::size_t i = 0; i < count; ++i) address.bytes[i] = static_cast<std::uint8_t>(bytes[i]);
  return address.v6 ? config::IpAddress::parse(address.to_string()).value_or(address) : address;
}

}  // namespace

Parsed ProxyHeaderParser::feed(std::string_view bytes) {
  std::size_t consumed = 0;
  while (consumed < bytes.size() && step_ != Step::done && step_ != Step::failed) take(bytes[consumed++]);
  if (step_ == Step::failed) return {.consumed = consumed, .state = ParseState::failed};
  return {.consumed = consumed, .state = step_ == Step::done ? ParseState::done : ParseState::more};
}

void ProxyHeaderParser::fail(std::string_view why) {
  step_ = Step::failed;
  failure_ = why;
  source_.reset();
}

void ProxyHeaderParser::take(char byte) {
  switch (step_) {
    case Step::signature:
      return take_signature(byte);
    case Step::line:
      return take_line(byte);
    case Step::block:
      return take_block(byte);
    default:
      return;
  }
}

void ProxyHeaderParser::take_signature(char byte) {
  kept_[size_++] = byte;
  const std::string_view expected = kept_.front() == kFirst.front() ? kFirst : kSecond;
  if (byte != expected[size_ - 1]) return fail("no PROXY protocol header");
  if (size_ == expected.size()) step_ = expected == kFirst ? Step::line : Step::block;
}

void ProxyHeaderParser::take_line(char byte) {
  kept_[size_++] = byte;
  if (kept_[size_ - 2] == '\r') {
    if (byte != '\n') return fail("CR without LF");
    return read_line({kept_.data() + kFirst.size(), size_ - kFirst.size() - 2});
  }
  if (byte == '\n') return fail("LF without CR");
  if (size_ == kMaxLine) fail("the line is longer than 107 bytes");
}

void ProxyHeaderParser::read_line(std::string_view line) {
  step_ = Step::done;
  const std::string_view protocol = next_word(line);
  if (protocol == "UNKNOWN") return;  // whatever follows
  const bool v6 = protocol == "TCP6";
  if (!v6 && protocol != "TCP4") return fail("neither TCP4 nor TCP6 nor UNKNOWN");
  const auto source = read_address(next_word(line), v6);
  const auto destination = read_address(next_word(line), v6);
  const auto source_port = read_port(next_word(line));
  const auto destination_port = read_port(line);  // to the end: a word too many is no number
  if (!source || !destination) return fail("malformed address");
  if (!source_port || !destination_port) return fail("malformed port");
  source_ = ProxySource{.address = *source, .port = *source_port};
}

void ProxyHeaderParser::take_block(char byte) {
  // Addresses are all that is kept; TLVs are counted.
  if (size_ < kept_.size()) kept_[size_] = byte;
  ++size_;
  if (size_ < kBlockHead) return;
  if (size_ == kBlockHead) read_block_head();
  if (step_ != Step::block || size_ < block_bytes_) return;
  step_ = Step::done;
  read_addresses();
}

void ProxyHeaderParser::read_block_head() {
  const auto version_and_command = static_cast<unsigned char>(kept_[12]);
  const auto family_and_protocol = static_cast<unsigned char>(kept_[13]);
  const std::size_t bytes = number_at(kept_.data() + 14);
  block_bytes_ = kBlockHead + bytes;
  if (version_and_command >> 4U != 2) return fail("neither version 1 nor 2");
  const unsigned command = version_and_command & 15U;
  if (command > 1) return fail("neither LOCAL nor PROXY");
  if (bytes > kMaxBlock) return fail("the block is longer than 4096 bytes");
  if (command == 0) return;  // LOCAL: the block is skipped whatever it says
  std::size_t needed = 0;
  switch (family_and_protocol) {
    case 0x00:  // unspecified
      return;
    case 0x11:
      address_bytes_ = 4;
      needed = 12;
      break;
    case 0x21:
      address_bytes_ = 16;
      needed = 36;
      break;
    case 0x31:  // a unix socket's path, which is no client's address
      needed = 216;
      break;
    default:
      return fail("neither TCP nor a unix stream");
  }
  if (bytes < needed) fail("the block is too short for its addresses");
}

void ProxyHeaderParser::read_addresses() {
  if (address_bytes_ == 0) return;
  const char* const source = kept_.data() + kBlockHead;
  source_ = ProxySource{.address = address_of(source, address_bytes_), .port = number_at(source + 2 * address_bytes_)};
}

}  // namespace mooring::http
