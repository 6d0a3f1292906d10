#include "proxy/server/failure_response.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "proxy/http/serializer.h"

namespace mooring::server {
namespace {

constexpr std::string_view kPlain = "text/plain; charset=utf-8";

void set_body(http::Response& response, std::string text) {
  response.head.framing = {.kind = text.empty() ? http::BodyKind::none : http::BodyKind::length, .length = text.size()};
  if (!text.empty()) response.body = std::make_unique<http::TextBody>(std::move(text));
}

std::string_view number(http::Arena& arena, std::uint64_t value) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return arena.copy({digits.data(), end.ptr});
}

// Traefik's words, and why.
std::string unavailable_text(const http::Failure& failure) {
  if (failure.kind != http::FailureKind::destination_unavailable) return "Service Unavailable\n";
  std::string text = "no available server";
  if (!failure.detail.empty()) text.append(": ").append(failure.detail);
  return text + "\n";
}

}  // namespace

std::uint16_t status_of(const http::Failure& failure) {
  using enum http::FailureKind;
  switch (failure.kind) {
    case none:
      return 200;
    case http_request_error:
      return failure.status;
    case destination_unavailable:
    case connection_limit_reached:
      return 503;
    case connection_timeout:
    case http_response_timeout:
      return 504;
    case connection_read_timeout:
      return failure.side == http::Side::client ? 408 : 504;
    case connection_write_timeout:
      return failure.side == http::Side::client ? 502 : 504;
    case proxy_internal_error:
      return 500;
    case canceled:
    case http_response_incomplete:
    case connection_terminated:
      return failure.side == http::Side::client ? 499 : 502;
    case connection_refused:
    case dns_error:
    case http_protocol_error:
    case http_upgrade_failed:
      return 502;
  }
  return 500;
}

http::Response failure_response(http::Exchange& exchange, const http::Failure& failure) {
  http::Response response(exchange.arena);
  response.head.status = status_of(failure);
  switch (response.head.status) {
    case 503:
      response.head.fields.add(http::FieldId::content_type, kPlain);
      response.head.fields.add("X-Content-Type-Options", "nosniff");
      if (failure.retry_after != 0 || failure.kind == http::FailureKind::connection_limit_reached) {
        const std::uint64_t seconds = std::max<std::uint64_t>(failure.retry_after, 1);
        response.head.fields.add(http::FieldId::retry_after, number(exchange.arena, seconds));
      }
      set_body(response, unavailable_text(failure));
      break;
    case 400:
    case 408:
    case 413:
    case 414:
    case 431:
    case 501:
    case 505: {
      response.head.fields.add(http::FieldId::content_type, kPlain);
      std::string text = std::to_string(response.head.status) + " ";
      text.append(http::reason_phrase(response.head.status));
      if (!failure.detail.empty()) text.append(": ").append(failure.detail);
      set_body(response, std::move(text));
      break;
    }
    default:
      set_body(response, std::string(http::reason_phrase(response.head.status)));
  }
  return response;
}

http::Response text_response(http::Exchange& exchange, std::uint16_t status, std::string text,
                             std::string_view content_type) {
  http::Response response(exchange.arena);
  response.head.status = status;
  response.head.fields.add(http::FieldId::content_type, content_type);
  set_body(response, std::move(text));
  return response;
}

http::Response not_found(http::Exchange& exchange) {
  http::Response response = text_response(exchange, 404, "404 page not found\n");
  response.head.fields.add("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace mooring::server
