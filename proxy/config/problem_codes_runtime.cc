// D and P: what is wrong with the engine, the providers, and the process itself.
#include <algorithm>
#include <array>

#include "proxy/config/problem_codes.h"

namespace mooring::config {
namespace {

constexpr auto kRuntime = std::to_array<ProblemCode>({
    {"D001", "The engine does not answer",
     R"(Mooring cannot speak to the Docker engine. The table stays as it was, traffic goes on, and Mooring keeps trying.)",
     R"(error D001 docker: unix:///var/run/docker.sock: connection refused)",
     R"(Does the engine run? Is the socket mounted (`/var/run/docker.sock:/var/run/docker.sock:ro`), or the socket proxy reachable? May the process read it (P001)?)"},
    {"D002", "The engine's API version does not fit",
     R"(The engine speaks none of the API versions that Mooring knows.)",
     R"(error D002 docker: the engine speaks at most API 1.12)",
     R"(Use a newer engine; Docker 20.10 and all later ones work.)"},
    {"D003", "A container cannot be inspected",
     R"(The engine lists the container and does not describe it. Its routes stay as they were, and it is asked again.)",
     R"(warning D003 shop/web-1: the engine did not answer within 10s)",
     R"(Mostly the engine is busy. If it stays, try `docker inspect <container>`; behind a socket proxy, `CONTAINERS=1` is needed.)"},
    {"D004", "The default rule gives nothing",
     R"(A router has no rule, and `providers.docker.defaultRule` gives an empty one for this container. The router is left out.)",
     R"(--providers.docker.defaultRule={{ index .Labels "host" }}
traefik.http.services.web.loadbalancer.server.port=80)",
     R"(Write a rule: `traefik.http.routers.<name>.rule=Host(...)`; or mend the default rule.)"},
    {"P001", "Runs with more rights than it needs",
     R"(Started as root, Mooring becomes another user as soon as it has opened its ports. Here that was not possible, so it stays as it was started.)",
     R"(warning P001 mooring: the group of /var/run/docker.sock is root's; the process goes on as it was started)",
     R"(The Problem says what stood in the way. A socket whose group is `docker`, or a socket proxy, is what is needed.)"},
    {"P002", "No control socket",
     R"(The socket for `mooring status` and `mooring healthcheck` cannot be made. Traffic is not touched by that.)",
     R"(warning P002 mooring: "controlSocket": /run/mooring: read-only file system)",
     R"(Make its directory writable (`tmpfs: /run/mooring` in Compose), or choose another path with `--controlSocket`.)"},
    {"P003", "A log file that cannot be opened",
     R"(The file of the application log or of the access log cannot be opened for writing. Its lines go to standard output; requests are served as ever.)",
     R"(error P003 mooring: accessLog.filePath: /logs/access.log: No such file or directory)",
     R"(Make the directory, writable for the user that the process becomes, or leave the option out.)"},
});

static_assert(std::ranges::is_sorted(kRuntime, {}, &ProblemCode::code));

}  // namespace

std::span<const ProblemCode> runtime_codes() {
  return kRuntime;
}

}  // namespace mooring::config
