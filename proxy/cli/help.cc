#include "proxy/cli/help.h"

namespace mooring::cli {

std::string_view help_text() {
  return R"(Mooring: an edge proxy for Docker that ties each session to its container.

usage: mooring [run] [FLAGS]       route traffic, by the labels of running containers (the default)
       mooring check [FILE…]       what is wrong in traefik.yml, dynamic and compose files, offline
       mooring config show [FLAGS] the options that are in force, and where each comes from
       mooring status [--watch]    what is running: routers, services, endpoints, sessions, problems
       mooring drain NAME [--wait] no new sessions for that container; undrain NAME lets it in again
       mooring healthcheck         whether the proxy that runs here is well: exit code 0 or 1
       mooring whoami [--port N]   a small server that says who it is and what it was asked
       mooring version             version, and what it was built with
       mooring help [COMMAND]      this text, or the flags of a command

run reads flags in Traefik's spelling, then variables (TRAEFIK_LOG_LEVEL=INFO, or MOORING_…), then a file:
/etc/traefik/traefik.yml or .toml, or mooring.yml in the same places. The first that says something counts, key by key.
SIGHUP reads them again; SIGUSR1 opens log files again.
  --configFile=FILE                        read this file instead
  --entryPoints.NAME.address=:80           listen there
  --providers.docker.endpoint=URL          unix:///var/run/docker.sock unless said
  --providers.docker.exposedByDefault=false  only containers with the label traefik.enable=true
  --api.insecure=true                      JSON on the entry point `traefik`, :8080
  --accessLog=true  --log.level=INFO  --ping=true

examples:
  mooring --entryPoints.web.address=:80 --providers.docker.exposedByDefault=false
  docker compose exec traefik mooring status --watch
  mooring check traefik.yml compose.yaml
  mooring status -o json | jq '.services'
  mooring drain shop-web-1 --wait && docker stop shop-web-1
  mooring whoami --port 8000 --name one

exit codes: 0 it worked · 1 it did not · 2 not understood (flags, options, files) · 3 it found something wrong
            4 nobody answers on the control socket · 124 drain --wait: the deadline passed first
)";
}

}  // namespace mooring::cli
