#include "proxy/cli/whoami_handler.h"

#include <chrono>
#include <memory>
#include <utility>

#include "proxy/cli/whoami_answers.h"
#include "proxy/cli/whoami_echo.h"
#include "proxy/cli/whoami_payload.h"
#include "proxy/cli/whoami_query.h"
#include "proxy/config/go_values.h"
#include "proxy/loop/timer.h"
#include "proxy/server/failure_response.h"

namespace mooring::cli {
namespace {

constexpr std::size_t kStatusText = 16;

// Waits, unless the exchange is cancelled first.
loop::Task<void> pause(http::Exchange& exchange, std::chrono::milliseconds wait) {
  loop::Sleep sleep(exchange.loop);
  exchange.on_cancel([](void* context) { static_cast<loop::Sleep*>(context)->wake(); }, &sleep);
  if (!exchange.canceled()) co_await sleep.wait(static_cast<std::uint64_t>(wait.count()));
  exchange.on_cancel(nullptr, nullptr);
}

struct TakenBody {
  std::string kept;
  http::Failure failure;
};

// The whole body; keeps the first `most` bytes.
loop::Task<TakenBody> take_body(http::Exchange& exchange, std::size_t most) {
  TakenBody taken;
  if (!exchange.body.present()) co_return taken;
  exchange.body.stop_keeping();
  if (exchange.request.expects_continue && exchange.interim != nullptr) {
    http::ResponseHead go_on(exchange.arena);
    go_on.status = 100;
    co_await exchange.interim->interim(go_on);
  }
  while (true) {
    http::BodyRead piece;
    if (!exchange.body.try_read(piece)) piece = co_await exchange.body.read();
    if (piece.failure) {
      taken.failure = piece.failure;
      co_return taken;
    }
    taken.kept += piece.bytes.substr(0, most - taken.kept.size());
    if (piece.last) co_return taken;
  }
}

http::Response failed(http::Exchange& exchange, const http::Failure& failure) {
  http::Response response(exchange.arena);
  response.failure = failure;
  return response;
}

http::Response data(http::Exchange& exchange) {
  const auto size = size_of(exchange.request.query);
  if (!size) {
    return server::text_response(exchange, 400, "size must be a number of bytes, unit one of KB, MB, GB and TB\n");
  }
  http::Response response(exchange.arena);
  response.head.status = 200;
  response.head.fields.add(http::FieldId::content_type, "text/plain; charset=utf-8");
  const auto attachment = config::parse_bool(query_value(exchange.request.query, "attachment").value_or(""));
  if (attachment.value_or(false)) response.head.fields.add("Content-Disposition", "attachment; filename=\"data.txt\"");
  if (*size == 0) return response;
  response.head.framing = {.kind = http::BodyKind::length, .length = *size};
  response.body = std::make_unique<PayloadBody>(*size);
  return response;
}

}  // namespace

WhoamiHandler::WhoamiHandler(std::string name) : name_(std::move(name)), hostname_(read_hostname()) {}

loop::Task<http::Response> WhoamiHandler::handle(http::Exchange& exchange) const {
  if (const auto wait = wait_of(exchange.request.query)) co_await pause(exchange, *wait);
  const std::string_view path = exchange.request.path;
  if (path == "/api") co_return api(exchange);
  if (path == "/bench") co_return server::text_response(exchange, 200, "1");
  if (path == "/data") co_return data(exchange);
  if (path == "/echo") co_return echo_response(exchange);
  if (path == "/health") {
    http::Response answer = co_await health(exchange);
    co_return answer;
  }
  http::Response answer = co_await text(exchange);
  co_return answer;
}

loop::Task<http::Response> WhoamiHandler::text(http::Exchange& exchange) const {
  const TakenBody body = co_await take_body(exchange, kEchoedBody);
  if (body.failure) co_return failed(exchange, body.failure);
  const Identity self{.name = name_, .hostname = hostname_, .addresses = read_addresses()};
  co_return server::text_response(exchange, 200, whoami_text(self, *exchange.peer, exchange.request, body.kept));
}

http::Response WhoamiHandler::api(http::Exchange& exchange) const {
  const Identity self{.name = name_, .hostname = hostname_, .addresses = read_addresses()};
  return server::text_response(exchange, 200, whoami_json(self, *exchange.peer, exchange.request), "application/json");
}

loop::Task<http::Response> WhoamiHandler::health(http::Exchange& exchange) const {
  if (exchange.request.method != http::Method::post) co_return server::text_response(exchange, health_status_, "");
  const TakenBody body = co_await take_body(exchange, kStatusText);
  if (body.failure) co_return failed(exchange, body.failure);
  const auto status = config::parse_int(config::trimmed(body.kept));
  if (!status || *status < 200 || *status > 599) {
    co_return server::text_response(exchange, 400, "the body must be a status from 200 to 599\n");
  }
  health_status_ = static_cast<std::uint16_t>(*status);
  co_return server::text_response(exchange, 200, "");
}

}  // namespace mooring::cli
