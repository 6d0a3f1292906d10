#include "proxy/cli/control_client.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "proxy/config/printable.h"

namespace mooring::cli {
namespace {

constexpr std::size_t kMostShown = 300;

std::string first_line(const std::string& text) {
  return config::printable(text.substr(0, text.find_first_of("\r\n")), kMostShown);
}

}  // namespace

// The three things that really happen: nothing there, not allowed, somebody there who does not answer.
ControlFailure ControlClient::unreachable(const std::string& why) const {
  ControlFailure failure;
  failure.code = kExitUnreachable;
  const std::string where = config::printable(socket_);
  struct stat found{};
  const int missing = ::stat(socket_.c_str(), &found) == 0 ? 0 : errno;
  if (missing == ENOENT || missing == ENOTDIR) {
    failure.text = "no Mooring runs here: there is no control socket " + where +
                   "\n  start one (`mooring`), run this command in its container (`docker compose exec SERVICE mooring "
                   "status`),\n  or say where its socket is: --control-socket PATH, or " +
                   kControlSocketVariable;
    return failure;
  }
  if (missing == EACCES || (missing == 0 && ::access(socket_.c_str(), W_OK) != 0)) {
    failure.text = "the control socket " + where +
                   " may not be opened by this user\n  run the command as root or as the user that Mooring runs as";
    return failure;
  }
  failure.text = "the control socket " + where + " is there, but Mooring does not answer on it: " + first_line(why) +
                 "\n  it has ended without taking the file with it, or it hangs: look at its log";
  return failure;
}

std::expected<HttpAnswer, ControlFailure> ControlClient::ask(const std::string& method, const std::string& path,
                                                             std::chrono::milliseconds time) const {
  auto answer = http_ask(method, socket_, path, {.time = time});
  if (!answer && answer.error().unreachable) return std::unexpected(unreachable(answer.error().text));
  if (!answer) {
    return std::unexpected(ControlFailure{
        .text = "asking " + config::printable(socket_) + " for " + path + " failed: " + first_line(answer.error().text),
        .code = kExitFailure});
  }
  return std::move(*answer);
}

std::expected<std::string, ControlFailure> ControlClient::get(const std::string& path,
                                                              std::chrono::milliseconds time) const {
  auto answer = ask("GET", path, time);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200) {
    return std::unexpected(ControlFailure{.text = config::printable(socket_) + " answers " + path + " with " +
                                                  std::to_string(answer->status) + ": " + first_line(answer->body),
                                          .code = kExitFailure});
  }
  return std::move(answer->body);
}

}  // namespace mooring::cli
