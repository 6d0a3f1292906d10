// docs/labels-reference.md: every key of Traefik's dynamic configuration, made from the schema.
//
// Pure: the same schema gives the same page, so that a test can compare it with the one that is committed. `mooring
// docs labels` prints it. Any thread. Source: schema.h, schema_defaults.cc, label_version1.h.
#pragma once

#include <string>

namespace mooring::config {

std::string label_reference();

}  // namespace mooring::config
