// The table and the options of the examples in traefik-compat 7, built as a file provider's would be, and large tables.
//
// What the goldens show of it stands there byte for byte in Traefik's own answers, as far as Mooring does the same.
// Single thread, for tests only.
#pragma once

#include <cstddef>

#include "test/unit/admin/fake_status.h"

namespace mooring::test {

// Routers that serve and such that do not, two services, one of them sticky, middlewares, ping and the API.
void set_examples(FakeStatus& source);

// `routers` routers, each with a service of its own, in names that sort as they count.
void set_large_table(FakeStatus& source, std::size_t routers);

}  // namespace mooring::test
