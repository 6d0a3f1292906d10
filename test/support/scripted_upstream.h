// ScriptedUpstream: a server on the loopback that does on each connection exactly what the test's script says.
//
// Each connection runs the script on a thread of its own; the destructor ends them all and joins. What came in is kept
// for the test to look at. SilentPort and UnboundPort are the two servers that no script can be: one that never takes a
// connection, and one that refuses.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "test/support/raw_socket.h"

namespace mooring::test {

class ScriptedUpstream;

// One connection, as its script sees it.
class Peer {
 public:
  Peer(ScriptedUpstream& upstream, RawSocket accepted, std::size_t which)
      : socket(std::move(accepted)), number(which), upstream_(upstream) {}

  // The next request, which the upstream remembers. nullopt: the proxy has ended the connection.
  std::optional<RawMessage> request();
  // Its head only.
  std::optional<RawMessage> request_head();
  bool answer(std::string_view body, std::string_view fields = {});

  RawSocket socket;
  const std::size_t number;  // 0 for the first connection

 private:
  ScriptedUpstream& upstream_;
};

class ScriptedUpstream {
 public:
  using Script = std::function<void(Peer&)>;

  // `receive_buffer`: of each connection, 0: the kernel's own choice.
  explicit ScriptedUpstream(Script script, int receive_buffer = 0);
  // Answers every request with 200 and `body`.
  static Script answering(std::string body);
  ~ScriptedUpstream();
  ScriptedUpstream(const ScriptedUpstream&) = delete;
  ScriptedUpstream& operator=(const ScriptedUpstream&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t connections() const { return connections_.load(); }
  // Those whose script has not ended.
  std::size_t open_connections() const { return open_.load(); }
  std::vector<RawMessage> requests() const;
  std::size_t request_count() const;

 private:
  friend class Peer;
  void accept();
  void remember(const RawMessage& message);

  Script script_;
  std::uint16_t port_ = 0;
  int listening_;
  std::atomic<bool> ending_{false};
  std::atomic<std::size_t> connections_{0};
  std::atomic<std::size_t> open_{0};
  mutable std::mutex mutex_;
  std::vector<RawMessage> requests_;
  std::list<Peer*> peers_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// A port that is taken but not listened on: connecting is refused.
class UnboundPort {
 public:
  UnboundPort();
  ~UnboundPort();
  UnboundPort(const UnboundPort&) = delete;
  UnboundPort& operator=(const UnboundPort&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  int descriptor_;
};

// A port whose queue is full: connecting gets no answer.
class SilentPort {
 public:
  SilentPort();
  ~SilentPort();
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
  int descriptor_;
  std::vector<int> filling_;
};

}  // namespace mooring::test
