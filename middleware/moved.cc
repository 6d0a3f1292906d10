#include "middleware/moved.h"

#include <cstdint>
#include <memory>
#include <string>

#include "proxy/http/serializer.h"

namespace mooring::middleware {
namespace {

std::uint16_t status_for(http::Method method, bool permanent) {
  if (method == http::Method::get) return permanent ? 301 : 302;
  return permanent ? 308 : 307;
}

}  // namespace

http::Response moved(http::Exchange& exchange, std::string_view location, bool permanent) {
  http::Response response(exchange.arena);
  response.head.status = status_for(exchange.request.method, permanent);
  response.head.fields.add("Location", location);
  response.head.fields.add(http::FieldId::content_type, "text/plain; charset=utf-8");
  const std::string_view text = http::reason_phrase(response.head.status);
  response.head.framing = {.kind = http::BodyKind::length, .length = text.size()};
  response.body = std::make_unique<http::TextBody>(std::string(text));
  return response;
}

}  // namespace mooring::middleware
