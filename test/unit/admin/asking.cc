#include "test/unit/admin/asking.h"

#include <catch2/catch_test_macros.hpp>

namespace mooring::test {

Asking::Asking(const http::Handler& handler, std::string_view path, std::string_view query, http::Method method,
               std::string_view router) {
  exchange_.request.path = exchange_.arena.copy(path);
  exchange_.request.query = exchange_.arena.copy(query);
  exchange_.request.has_query = !query.empty();
  exchange_.request.method = method;
  exchange_.router = router;
  tasks_.spawn(ask(handler));
}

Asking::~Asking() {
  // Handles that were closed are freed by the loop.
  turn();
}

loop::Task<void> Asking::ask(const http::Handler& handler) {
  const http::Response response = co_await handler.handle(exchange_);
  Answer answer;
  answer.status = response.head.status;
  answer.failure = response.failure.kind;
  answer.content_type = response.head.fields.value(http::FieldId::content_type);
  answer.cache_control = response.head.fields.value(http::FieldId::cache_control);
  const auto value = [&response](std::string_view name) {
    const http::Field* field = response.head.fields.find(name);
    return field == nullptr ? std::string{} : std::string(field->value);
  };
  answer.allow = value("Allow");
  answer.options = value("X-Content-Type-Options");
  answer.next_page = value("X-Next-Page");
  answer.length = response.head.framing.length;
  if (response.body != nullptr) {
    http::BodyRead piece;
    while (response.body->try_read(piece)) {
      answer.body += piece.bytes;
      if (piece.last) break;
    }
  }
  answer_ = std::move(answer);
}

Answer ask(const http::Handler& handler, std::string_view path, std::string_view query, http::Method method,
           std::string_view router) {
  const Asking asking(handler, path, query, method, router);
  REQUIRE(asking.answered());
  return asking.answer();
}

}  // namespace mooring::test
