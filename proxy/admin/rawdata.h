// /api/rawdata, /api/overview and /api/version in Traefik's shape, so that what reads Traefik's API reads ours.
//
// What Traefik knows and Mooring does not (TLS, TCP, UDP) is left out, or counts as none, as in Traefik where none is
// configured. Pure; any thread. Source: traefik-compat 7.
#pragma once

#include <string>

#include "proxy/admin/json_text.h"
#include "proxy/admin/table_view.h"
#include "proxy/config/options.h"
#include "proxy/server/status_source.h"

namespace mooring::admin {

// The text, with its line feed: a large table as one tree of values would take more memory than the table itself.
std::string rawdata_text(const TableView& view);
Json overview_document(const TableView& view, const config::Options& options);
Json version_document(const server::StatusSource& source);

}  // namespace mooring::admin
