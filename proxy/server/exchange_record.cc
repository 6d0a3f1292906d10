#include "proxy/server/exchange_record.h"

#include <chrono>

namespace mooring::server {

observe::AccessRecord record_of(const http::Exchange& exchange, std::string_view entry_point, const Outcome& outcome) {
  const http::RequestHead& request = exchange.request;
  const http::Exchange::Origin& origin = exchange.origin;
  const http::Failure& failure = outcome.failure;
  const std::string_view forwarded = request.fields.value(http::FieldId::x_forwarded_for);
  const auto now = std::chrono::steady_clock::now();
  observe::AccessRecord record;
  record.client_host = forwarded.empty() ? exchange.peer->address_text : forwarded;
  record.peer_ip = exchange.peer->address_text;
  record.peer_port = exchange.peer->port;
  record.user = exchange.user;
  record.entry_point = entry_point;
  record.secure = exchange.peer->secure;
  record.method = request.method_text;
  record.authority = request.authority;
  record.target = request.target;
  record.minor_version = request.minor_version;
  record.request_bytes = outcome.request_bytes;
  record.status = outcome.status;
  record.body_bytes = outcome.body_bytes;
  record.router = exchange.router;
  record.service = exchange.service;
  record.server_url = exchange.server_url;
  record.origin_status = origin.status;
  record.origin_bytes = origin.bytes;
  if (origin.began.time_since_epoch().count() != 0) record.origin_duration = now - origin.began;
  record.retries = exchange.retries;
  record.failure = failure ? (failure.detail.empty() ? http::to_string(failure.kind) : failure.detail) : "";
  record.started_at = exchange.started_at;
  record.duration = now - origin.exchange_began;
  record.request_fields = &request.fields;
  record.origin_fields = origin.fields;
  record.answer_fields = &outcome.fields;
  return record;
}

}  // namespace mooring::server
