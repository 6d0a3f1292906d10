// A label that leads nowhere, and what it may have been meant for: a dot too many, or one that is missing.
//
// `traefik.http.routersweb.middlewares=auth` names no router, and still the router "web" would lose its guard. So the
// end of such a key is compared with what routers, services and middlewares take, and the text before it with the names
// that other labels give. Only labels that cannot be read come here. Pure, bounded work, any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/config/label_key.h"

namespace mooring::config {

struct LostKey {
  KeyOwner owner;         // as `known` found it
  std::string canonical;  // the key as it was probably meant
};

// `known` tells whether the other labels define this router, service or middleware.
std::optional<LostKey> find_lost_owner(std::string_view label, const std::function<bool(const KeyOwner&)>& known);

}  // namespace mooring::config
