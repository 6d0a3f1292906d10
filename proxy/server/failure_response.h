// The one place where a Failure becomes an answer to the client.
//
// Status, body and fields as Traefik answers them, except that a route whose endpoints are on their way is 503 with
// Retry-After. The body says nothing about the inside; the log does. Pure.
#pragma once

#include <cstdint>

#include "proxy/http/exchange.h"
#include "proxy/http/response.h"

namespace mooring::server {

// The status alone; 499 for a client that has gone (for the log only: nobody hears it).
std::uint16_t status_of(const http::Failure& failure);

http::Response failure_response(http::Exchange& exchange, const http::Failure& failure);
// No router matches.
http::Response not_found(http::Exchange& exchange);
// A short text of our own.
http::Response text_response(http::Exchange& exchange, std::uint16_t status, std::string text,
                             std::string_view content_type = "text/plain; charset=utf-8");

}  // namespace mooring::server
