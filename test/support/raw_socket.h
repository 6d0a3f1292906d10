// RawSocket: one blocking TCP socket on the loopback, for tests that say every byte themselves: clients and upstreams.
//
// Owned by the test or by a script of a ScriptedUpstream, and used on that one thread; only shut_down() may come from
// another. Every wait has a deadline: a test that hangs fails instead. It knows enough of HTTP/1 to find the end of a
// message (RFC 9112 section 6.3), and believes what it is told: it is no judge of correctness.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace mooring::test {

// How the peer's half of a connection ended.
enum class Ending : std::uint8_t { none, fin, rst, late };

// A message as it was on the wire.
struct RawMessage {
  std::string head;  // with the empty line
  std::string body;  // without its framing
  std::string trailers;
  bool complete = false;  // the body came to the end that its framing promised
  Ending ending = Ending::none;

  std::string start_line() const { return head.substr(0, head.find("\r\n")); }
  int status() const;
  std::string method() const { return head.substr(0, head.find(' ')); }
  // Of the first field of that name, in any case; empty when there is none.
  std::string field(std::string_view name) const;
  bool has(std::string_view name) const;
};

// The cookie that a response sets, as a client would send it back: `name=value`.
std::string cookie_of(const RawMessage& response);

inline constexpr std::chrono::milliseconds kPatience{15'000};

// Looks until `condition` holds or the patience is at an end.
bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds patience = kPatience);

class RawSocket {
 public:
  // `receive_buffer`: bytes of the kernel's, 0: its own choice.
  static RawSocket connect(std::uint16_t port, int receive_buffer = 0);
  explicit RawSocket(int descriptor) : descriptor_(descriptor) {}
  RawSocket(RawSocket&& other) noexcept;
  RawSocket& operator=(RawSocket&& other) noexcept;
  ~RawSocket();

  // All of it. False: the peer takes no more.
  bool send(std::string_view bytes);
  // What the kernel takes now. 0: nothing; -1: the peer has gone.
  std::ptrdiff_t send_some(std::string_view bytes);

  // Waits for more bytes into `input`. False: see ending().
  bool more(std::chrono::milliseconds patience = kPatience);
  // Reads exactly so many bytes, or fewer when the peer ends.
  std::string take(std::size_t bytes);
  // Everything until the peer ends.
  std::string rest();
  // Waits until the peer has ended its half, dropping what still comes.
  Ending wait_end(std::chrono::milliseconds patience = kPatience);
  // Waits until the connection is ended, without reading a byte.
  bool wait_gone(std::chrono::milliseconds patience = kPatience);
  // Nothing has come, and the peer has not ended: now.
  bool silent();

  // The next message. nullopt: the peer ended before its first byte.
  std::optional<RawMessage> read_request();
  std::optional<RawMessage> read_response(bool to_head = false);
  // Only the head (RawMessage::body is empty).
  std::optional<RawMessage> read_head();

  void fin();
  void rst();
  void close();
  // Ends both directions from another thread, so that whoever waits goes on.
  void shut_down();

  Ending ending() const { return ending_; }
  std::string& input() { return input_; }
  int descriptor() const { return descriptor_; }

 private:
  bool find_line(std::string& line);
  void read_body(RawMessage& message, bool request, bool to_head);
  void read_chunks(RawMessage& message);

  int descriptor_ = -1;
  std::unique_ptr<std::mutex> closing_ = std::make_unique<std::mutex>();  // shut_down() against close()
  std::string input_;
  Ending ending_ = Ending::none;
};

}  // namespace mooring::test
