// Names that a container gets from its own name and its Compose labels. Pure functions, any thread.
//
// `service_name` and `normalize` are Traefik's rules to the letter (traefik-compat 1.3): existing dashboards, rules and
// cookies depend on them. `label_for_people` is ours: what status lines and problems call the container.
#pragma once

#include <string>
#include <string_view>

#include "providers/docker/container.h"

namespace mooring::docker {

inline constexpr const char* kComposeProject = "com.docker.compose.project";
inline constexpr const char* kComposeService = "com.docker.compose.service";
inline constexpr const char* kComposeNumber = "com.docker.compose.container-number";
inline constexpr const char* kComposeOneOff = "com.docker.compose.oneoff";

// Everything between letters and digits (of any script) becomes one "-"; none at the ends. The case is kept.
std::string normalize(std::string_view text);

// "<service>_<project>" for a Compose container, else the container's name; not yet normalized.
std::string raw_service_name(const Container& container);

// The name of its default service and router: normalized; the short id where nothing is left of the name ("__").
std::string service_name(const Container& container);

// "shop/web-1" for a Compose container, else the container's name, else the short id.
std::string label_for_people(const Container& container);

// A container of `docker compose run`: it has the service's labels, but is nobody's replica.
bool is_one_off(const Labels& labels);

}  // namespace mooring::docker
