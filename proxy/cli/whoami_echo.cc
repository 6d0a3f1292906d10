#include "proxy/cli/whoami_echo.h"

#include <memory>
#include <string>
#include <utility>

#include "proxy/cli/websocket_echo.h"
#include "proxy/loop/pipe_stream.h"
#include "proxy/server/failure_response.h"

namespace mooring::cli {
namespace {

class EchoTunnel final : public http::Tunnel {
 public:
  explicit EchoTunnel(std::unique_ptr<loop::PipeStream> stream) : stream_(std::move(stream)) {}
  loop::Stream& stream() override { return *stream_; }

 private:
  std::unique_ptr<loop::PipeStream> stream_;
};

loop::Task<void> echo(std::unique_ptr<loop::PipeStream> client) {
  EchoSession session;
  std::string out;
  while (!session.ended()) {
    const loop::Io io = co_await client->readable();
    if (io != loop::Io::ok) co_return;
    const std::string_view bytes = client->buffered();
    session.feed(bytes, out);
    client->consume(bytes.size());
    const loop::Io written = co_await client->write(out);
    if (written != loop::Io::ok) co_return;
    out.clear();
    if (out.capacity() > EchoSession::kMaxMessage) out.shrink_to_fit();
  }
  client->shutdown_write();
  // What the client still sends is thrown away until it closes, as RFC 6455 section 7.1.1 wants it to.
  while (true) {
    const loop::Io io = co_await client->readable();
    if (io != loop::Io::ok) co_return;
    client->consume(client->buffered().size());
  }
}

http::Response refused(http::Exchange& exchange, std::uint16_t status, std::string text) {
  http::Response response = server::text_response(exchange, status, std::move(text));
  response.head.fields.add("Sec-WebSocket-Version", "13");
  return response;
}

}  // namespace

http::Response echo_response(http::Exchange& exchange) {
  const http::RequestHead& request = exchange.request;
  if (request.method != http::Method::get || !request.is_websocket()) {
    return refused(exchange, 400, "this is a WebSocket: GET it with Connection: Upgrade and Upgrade: websocket\n");
  }
  const http::Field* version = request.fields.find("Sec-WebSocket-Version");
  if (version == nullptr || version->value != "13") return refused(exchange, 426, "Sec-WebSocket-Version must be 13\n");
  const std::string accept = websocket_accept(request.fields.value(http::FieldId::sec_websocket_key));
  if (accept.empty() || request.fields.count(http::FieldId::sec_websocket_key) != 1) {
    return refused(exchange, 400, "Sec-WebSocket-Key must be the base64 of 16 bytes\n");
  }
  auto [ours, theirs] = loop::PipeStream::make(exchange.loop);
  exchange.tasks.spawn(echo(std::move(ours)));
  http::Response response(exchange.arena);
  response.head.status = 101;
  response.head.fields.add(http::FieldId::upgrade, "websocket");
  response.head.fields.add("Sec-WebSocket-Accept", exchange.arena.copy(accept));
  response.tunnel = std::make_unique<EchoTunnel>(std::move(theirs));
  return response;
}

}  // namespace mooring::cli
