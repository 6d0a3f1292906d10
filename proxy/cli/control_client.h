// ControlClient: asks the Mooring that runs here, over its control socket.
//
// Where the socket is: the flag, else MOORING_CONTROL_SOCKET, else the default. What goes wrong comes back as a message
// for people: what, where, and how to mend it. Blocks its caller. Used by the commands. Any thread.
#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "proxy/cli/exit_code.h"
#include "proxy/cli/http_client.h"

namespace mooring::cli {

inline constexpr const char* kDefaultControlSocket = "/run/mooring/control.sock";
inline constexpr const char* kControlSocketVariable = "MOORING_CONTROL_SOCKET";

struct ControlFailure {
  std::string text;  // for people, may have several lines, no line feed at the end
  ExitCode code = kExitFailure;
};

class ControlClient {
 public:
  explicit ControlClient(std::string socket) : socket_(std::move(socket)) {}

  // Whatever it answers; a failure is no answer. `method`: GET or POST.
  std::expected<HttpAnswer, ControlFailure> ask(const std::string& method, const std::string& path,
                                                std::chrono::milliseconds time) const;
  // The body of a 200; anything else is a failure.
  std::expected<std::string, ControlFailure> get(const std::string& path, std::chrono::milliseconds time) const;
  const std::string& socket() const { return socket_; }

 private:
  ControlFailure unreachable(const std::string& why) const;

  std::string socket_;
};

}  // namespace mooring::cli
