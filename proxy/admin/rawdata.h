// /api/rawdata and /api/version in Traefik's shape, so that what reads Traefik's API reads ours.
//
// Field names, order and omissions are those of Go's encoder for Traefik's runtime configuration (omitempty). What
// Traefik knows and Mooring does not (TLS, TCP, UDP) is left out, as Traefik does where none is configured. Pure; any
// thread. Source: traefik-compat 7.
#pragma once

#include "proxy/admin/json_text.h"
#include "proxy/routing/snapshot.h"
#include "proxy/server/status_source.h"

namespace mooring::admin {

Json rawdata_document(const routing::Snapshot& snapshot);
Json version_document(const server::StatusSource& source);

}  // namespace mooring::admin
