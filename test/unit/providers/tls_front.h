// TLS in front of the scripted engine, as a Docker engine on tcp://…:2376 has it: certificates of a CA of its own, and
// a client certificate of that CA asked for where the test wants it.
//
// Listens on a port of 127.0.0.1 and passes bytes on to a unix socket. Owned by the test; one thread accepts, one
// serves each connection; the destructor ends and joins them all.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

struct ssl_ctx_st;

namespace mooring::docker {

struct Identity509 {
  std::string cert;  // PEM
  std::string key;   // PEM
};

// A CA, and what it has signed: for the server (127.0.0.1) and for a client.
struct TestCa {
  Identity509 ca;
  Identity509 server;
  Identity509 client;

  TestCa();
};

class TlsFront {
 public:
  // `socket_path`: where the bytes go. With `client_ca`, a client without a certificate of it is refused.
  TlsFront(const Identity509& server, std::string socket_path, const std::string& client_ca = {});
  ~TlsFront();
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t handshakes() const;

 private:
  void accept_loop();
  void serve(int connection);

  ssl_ctx_st* context_;
  std::string socket_path_;
  int listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  bool ending_ = false;
  std::size_t handshakes_ = 0;
  std::set<int> open_;
  std::thread acceptor_;
  std::vector<std::thread> servers_;
};

}  // namespace mooring::docker
