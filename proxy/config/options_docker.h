// The Docker provider's part of a draft: whether it is on, which engine it speaks to, what the environment says.
//
// Checks the endpoint's form; connects to nothing. Pure but for the Environment; any thread. Source: compat 1.1.
#pragma once

#include "proxy/config/options_draft.h"
#include "proxy/config/options_environment.h"

namespace mooring::config {

// `other_providers`: whether the sources name a provider besides Docker. Without any, Docker is on.
// DOCKER_HOST and DOCKER_CERT_PATH win over the options, as in Traefik; a Problem says so.
void settle_docker(bool other_providers, const Environment& environment, OptionsDraft& draft, Problems& problems);

}  // namespace mooring::config
