#include "proxy/cli/privileges.h"

#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>
#include <vector>

#include "proxy/config/problem_codes.h"

namespace mooring::cli {
namespace {

// "nonroot" of the distroless images: no name and no file of a Debian system belongs to it.
constexpr uid_t kUser = 65532;
constexpr gid_t kGroup = 65532;

// What the process was started as, to go back to.
class Started {
 public:
  Started() : groups_(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr)))) {
    ::getresgid(&real_, &effective_, &saved_);
    known_ = ::getgroups(static_cast<int>(groups_.size()), groups_.data()) >= 0;
  }
  bool again() const {
    return ::setresgid(real_, effective_, saved_) == 0 && known_ && ::setgroups(groups_.size(), groups_.data()) == 0;
  }

 private:
  gid_t real_ = 0;
  gid_t effective_ = 0;
  gid_t saved_ = 0;
  std::vector<gid_t> groups_;
  bool known_ = false;
};

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
  const Started started;
  if (::setgroups(others_may ? 0 : 1, &socket_group) != 0 || ::setresgid(kGroup, kGroup, kGroup) != 0 ||
      ::setresuid(kUser, kUser, kUser) != 0) {
    const std::string why = std::generic_category().message(errno);
    // Half of a change is worse than none. Where groups may be changed and the user not, they are changed back.
    const bool back = started.again() || ::getegid() != kGroup;
    return stays("runs as root" + std::string(back ? "" : ", in the group 65532") +
                     ": becoming user 65532 is forbidden (" + why + ")",
                 "allow the capabilities SETUID and SETGID (cap_add), or start it as another user");
  }
  // setresuid from 0 has cleared the effective and permitted capabilities.
  return std::nullopt;
}

}  // namespace mooring::cli
