#include "proxy/config/problem_codes.h"

#include <algorithm>
#include <array>

namespace mooring::config {
namespace {

constexpr auto kCodes = std::to_array<ProblemCode>({
    {"D001", "The engine does not answer"},
    {"D002", "The engine's API version does not fit"},
    {"D003", "A container cannot be inspected"},
    {"D004", "The default rule gives nothing"},
    {"L001", "Unknown key"},
    {"L002", "Known to Traefik, not done here yet"},
    {"L003", "Bad value"},
    {"L004", "Misspelt label prefix"},
    {"L005", "A key that only a file can set"},
    {"L006", "Several types in one middleware"},
    {"L007", "A key that cannot stand alone"},
    {"L008", "Too many or too long labels"},
    {"L009", "Malformed key"},
    {"L010", "Stray router"},
    {"L011", "A router that cannot be linked to a service"},
    {"L012", "Incomplete middleware or service"},
    {"L013", "One key given twice"},
    {"L014", "A URL and a port or scheme"},
    {"L020", "A port that does not answer or was guessed"},
    {"L021", "No port"},
    {"L030", "No network in common with the proxy"},
    {"L031", "Several networks in common with the proxy"},
    {"L032", "A container without an address"},
    {"L033", "A network that the proxy is not on"},
    {"L034", "A network that the container is not on"},
    {"L035", "A port that is not published on one address"},
    {"L040", "Labelled, but not enabled"},
    {"L050", "Broken password hash"},
    {"M001", "Two generations of one Compose service differ"},
    {"M002", "One name, different settings"},
    {"O001", "Unknown option"},
    {"O002", "An option known to Traefik, not done here yet"},
    {"O003", "Bad value of an option"},
    {"O004", "Unreadable configuration file"},
    {"O005", "Broken YAML or TOML"},
    {"O006", "A value where a section belongs, or the other way round"},
    {"O007", "An option of an older Traefik"},
    {"O008", "One option twice in the same place"},
    {"O009", "Malformed flag"},
    {"O010", "Two entry points with one address"},
    {"O011", "An entry point that stays closed"},
    {"O012", "An environment variable that changes options, or does not"},
    {"O013", "More problems than are listed"},
    {"O014", "A directory of dynamic files that was found"},
    {"P001", "Runs with more rights than it needs"},
    {"P002", "No control socket"},
    {"R001", "Unreadable rule"},
    {"R002", "Unknown middleware"},
    {"R003", "Unknown service"},
    {"R004", "Unknown entry point"},
    {"R005", "Shadowed router"},
    {"R006", "A chain that contains itself"},
    {"R007", "A middleware that cannot be built"},
    {"R008", "A priority that belongs to internal routers"},
    {"S01", "sticky=true without a cookie"},
    {"S02", "A strategy that ignores the cookie"},
    {"S03", "A sticky service that no router uses"},
    {"S04", "Label of Traefik 1"},
    {"S25", "Only some routers to the same endpoints are sticky"},
});

static_assert(std::ranges::is_sorted(kCodes, {}, &ProblemCode::code));

}  // namespace

std::span<const ProblemCode> problem_codes() {
  return kCodes;
}

std::string_view title_of(std::string_view code) {
  const auto found = std::ranges::lower_bound(kCodes, code, {}, &ProblemCode::code);
  return found != kCodes.end() && found->code == code ? found->title : std::string_view{};
}

}  // namespace mooring::config
