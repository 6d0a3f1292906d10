// /api/status: what the proxy is doing, as one document for people and scripts. Every field is in docs/api.md.
//
// The shape does not change with the content: what never happened is null, what is empty is [] or "". Reads a
// StatusSource and nothing else; built anew for each request, on the thread that asks.
#pragma once

#include "proxy/admin/json_text.h"
#include "proxy/config/problem.h"
#include "proxy/server/status_source.h"

namespace mooring::admin {

Json status_document(const server::StatusSource& source);

// The problems of the table, the engine connection and the process: errors first, each once.
config::Problems all_problems(const server::StatusSource& source);

}  // namespace mooring::admin
