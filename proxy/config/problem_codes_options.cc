// O: what is wrong with the static options: files, flags, environment variables.
#include <algorithm>
#include <array>

#include "proxy/config/problem_codes.h"

namespace mooring::config {
namespace {

constexpr auto kOptions = std::to_array<ProblemCode>({
    {"O001", "Unknown option",
     R"(There is no such option. Mooring does not start: half of what was asked for is not what was asked for. The nearest right key is suggested.)",
     R"(entryPoint:
  web:
    address: ":80")",
     R"(Write the key as it is suggested, or look it up in the [options](../options.md).)",
     "look the option up in docs/options-reference.md, or remove it"},
    {"O002", "An option known to Traefik, not done here yet",
     R"(Traefik has this option and this version of Mooring does not. It is ignored; an entry point that would be less guarded without it stays closed.)",
     R"(entryPoints:
  web:
    address: ":80"
certificatesResolvers:
  le:
    acme:
      email: me@example.com)",
     R"(Remove it, or keep it as a note: the warning is all that comes of it.)",
     "remove it, or do what it asks for in the application or in front of Mooring"},
    {"O003", "Bad value of an option", R"(The option is right and its value is not. Mooring does not start.)",
     R"(entryPoints:
  web:
    address: "eighty")",
     R"(Write a value of the kind that the Problem names.)",
     "write a value of the kind that docs/options-reference.md names"},
    {"O004", "Unreadable configuration file",
     R"(The file that was named is not there, may not be read, is too large or no regular file.)",
     R"(--configFile=/no/such/file.yml)",
     R"(Check the path as the process sees it: inside the container, when it runs in one.)"},
    {"O005", "Broken YAML or TOML",
     R"(The text is not YAML (or TOML): the Problem shows line and column. Tabs at the beginning of a line are the commonest reason.)",
     R"(entryPoints:
  web: {address: ":80")",
     R"(Mend the line. Indent with blanks.)", "mend that line"},
    {"O006", "A value where a section belongs, or the other way round",
     R"(The key takes other keys below it and got a value, or takes a value and got keys.)", R"(entryPoints: ":80")",
     R"(See the [options](../options.md) for what stands below the key.)",
     "write it in the shape that docs/options-reference.md shows"},
    {"O007", "An option of an older Traefik",
     R"(The option belonged to Traefik 1 or 2, and something else takes its place.)",
     R"(entryPoints:
  web:
    address: ":80"
pilot:
  token: "x")",
     R"(Write what the Problem names instead.)"},
    {"O008", "One option twice in the same place",
     R"(One key stands twice in one section. YAML readers differ in which they take.)",
     R"(entryPoints:
  web:
    address: ":80"
    address: ":81")",
     R"(Keep one of the two.)"},
    {"O009", "Malformed flag", R"(The flag cannot be read as `--key=value`.)", R"(--)",
     R"(Write flags as Traefik does: `--entryPoints.web.address=:80`.)"},
    {"O010", "Two entry points with one address", R"(Two entry points cannot listen on one address.)",
     R"(entryPoints:
  web:
    address: ":80"
  other:
    address: ":80")",
     R"(Give one of them another port.)"},
    {"O011", "An entry point that stays closed",
     R"(The entry point asks for something that is not done here (UDP, TLS, a guard), and to listen without it would widen access. It does not listen. Where none is left, Mooring does not start.)",
     R"(entryPoints:
  web:
    address: ":80"
  dns:
    address: ":53/udp")",
     R"(Remove the entry point, or what the Problem names.)",
     "remove it, or put something before Mooring that does it"},
    {"O012", "An environment variable that changes options, or does not",
     R"(A variable of the environment is in force (`DOCKER_HOST`), or looks as if it should be and is not.)",
     R"(info O012 environment: DOCKER_HOST is in force instead of providers.docker.endpoint)",
     R"(Unset it, or mean it.)",
     "write a value of the kind that docs/options-reference.md names, or remove the variable"},
    {"O013", "More problems than are listed", R"(There are more Problems of this kind than are printed.)",
     R"(error O013 : and 12 more)", R"(Mend those that are listed, and start again.)"},
    {"O014", "A directory of dynamic files that was found",
     R"(No provider is configured, and a directory `dynamic_conf` stands beside the configuration file: it is read as providers.file.directory, beside the Docker provider.)",
     R"(info O014 /etc/traefik/traefik.yml: the directory /etc/traefik/dynamic_conf is read as providers.file.directory)",
     R"(Nothing is broken. Say providers.file.directory, or providers.docker alone, and nothing is guessed.)"},
});

static_assert(std::ranges::is_sorted(kOptions, {}, &ProblemCode::code));

}  // namespace

std::span<const ProblemCode> option_codes() {
  return kOptions;
}

}  // namespace mooring::config
