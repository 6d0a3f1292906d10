#include "proxy/cli/privileges.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "proxy/config/problem_codes.h"

namespace mooring::cli {
namespace {

// "nonroot" of the distroless images: no name and no file of a Debian system belongs to it.
constexpr uid_t kUser = 65532;
constexpr gid_t kGroup = 65532;

config::Problem stays(std::string text, std::string fix) {
  config::Problem problem;
  problem.code = config::code::kRights;
  problem.severity = config::Severity::warning;
  problem.where = "mooring";
  problem.text = std::move(text);
  problem.in_force = "the process goes on as it was started";
  problem.fix = std::move(fix);
  return problem;
}

}  // namespace

std::optional<config::Problem> give_up_root(const std::string& docker_socket) {
  // Nothing that this process may start can gain rights, whoever it runs as.
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (::geteuid() != 0) {
    if (docker_socket.empty() || ::access(docker_socket.c_str(), R_OK | W_OK) == 0) return std::nullopt;
    return stays("started as user " + std::to_string(::geteuid()) + ", who may not open " + docker_socket,
                 "start it as root (it becomes an unprivileged user by itself), or add the socket's group to it: "
                 "group_add in Compose");
  }
  gid_t socket_group = kGroup;
  if (!docker_socket.empty()) {
    struct stat socket{};
    if (::stat(docker_socket.c_str(), &socket) != 0) {
      return stays("runs as root: " + docker_socket + " is not there, so its group is not known",
                   "mount the engine's socket, or set providers.docker.endpoint");
    }
    socket_group = socket.st_gid;
    if (socket_group == 0 && (socket.st_mode & S_IWOTH) == 0) {
      return stays("runs as root: " + docker_socket + " belongs to the group root, which nobody else may be in",
                   "give the socket a group of its own (usually docker) on the host, or go through a socket proxy");
    }
  }
  const bool others_may = socket_group == 0;
  if (::setgroups(others_may ? 0 : 1, &socket_group) != 0 || ::setresgid(kGroup, kGroup, kGroup) != 0 ||
      ::setresuid(kUser, kUser, kUser) != 0) {
    // Half of a change is worse than none: with no right to change users there was none.
    return stays("runs as root: becoming user 65532 is forbidden (" + std::generic_category().message(errno) + ")",
                 "allow the capabilities SETUID and SETGID (cap_add), or start it as another user");
  }
  // setresuid from 0 has cleared the effective and permitted capabilities.
  return std::nullopt;
}

}  // namespace mooring::cli
