// What is said of a name that leads nowhere: nearly another, of another provider, or with a provider that there is not.
//
// `auth` in a label is `auth@docker`; what stands in a file is `auth@file`. Forgetting that is the commonest reason for
// a name that leads nowhere (R009). Pure; any thread. Source: field notes 3, mistake 11.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "proxy/config/problem.h"

namespace mooring::routing {

// `kind` as the text begins ("middleware", "the service"), `name` and `known` qualified, `otherwise` the code when it
// is no matter of providers. Sets code, text and fix.
config::Problem unknown_reference(std::string_view kind, const std::string& name,
                                  std::span<const std::string_view> known, std::string_view otherwise);

// Whether something else may have to be said of `name` after `other` came or went.
bool may_mean(std::string_view name, std::string_view other);

}  // namespace mooring::routing
