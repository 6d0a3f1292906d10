// What goes upstream, and what goes to a client: bytes in, bytes out, as golden files.
//
// A request case is the bytes of a client, a response case those of an upstream. Below the line is what Mooring makes
// of them. Every case is fed in every way. A case's first lines may be options: "peer=10.0.0.9" (trusted
// is 10.0.0.0/8), "secure", "method=HEAD", "client=1.0", "close".
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/config/options.h"
#include "proxy/http/date.h"
#include "proxy/http/forwarded.h"
#include "proxy/http/hop_by_hop.h"
#include "proxy/http/method.h"
#include "proxy/http/request_target.h"
#include "proxy/http/serializer.h"
#include "test/support/golden.h"
#include "test/unit/http/feeding.h"

namespace mooring::test {
namespace {

struct Settings {
  std::string peer = "192.0.2.7";
  std::string method = "GET";
  bool secure = false;
  bool client_http_1_0 = false;
  bool keep_alive = true;
};

Settings take_settings(std::string& input) {
  Settings settings;
  while (input.starts_with("* ")) {
    const std::size_t end = input.find('\n');
    const std::string line = input.substr(2, end - 2);
    input.erase(0, end + 1);
    if (line.starts_with("peer=")) settings.peer = line.substr(5);
    if (line.starts_with("method=")) settings.method = line.substr(7);
    if (line == "secure") settings.secure = true;
    if (line == "client=1.0") settings.client_http_1_0 = true;
    if (line == "close") settings.keep_alive = false;
  }
  return settings;
}

std::string finish(const Outcome& outcome, std::string_view bytes) {
  if (outcome.refused) {
    const std::string status = outcome.status == 0 ? "" : " " + std::to_string(outcome.status);
    return "refused" + status + ": " + outcome.text + "\n";
  }
  if (!outcome.complete) return "incomplete\n";
  std::string text = escape(outcome.text);
  if (outcome.consumed < bytes.size()) text += "behind it: " + escape(bytes.substr(outcome.consumed)) + "\n";
  return text;
}

// The rules' view, and then the bytes that go upstream, with the chunked body in one chunk.
std::string forward(http::RequestHead& head, const http::HeaderMap& trailers, const Settings& settings) {
  if (const auto failure = http::resolve_target(head)) {
    return "refused " + std::to_string(failure->status) + ": " + std::string(failure->detail) + "\r\n";
  }
  http::strip_request(head);
  config::ForwardedHeadersOptions options;
  options.trusted_ips.push_back(config::IpNetwork::parse("10.0.0.0/8").value());
  const http::Peer peer{.address = config::IpAddress::parse(settings.peer).value(),
                        .address_text = settings.peer,
                        .port = 50000,
                        .secure = settings.secure};
  http::apply_forwarded(head, peer, options, "edge");
  std::string text = "rules see " + std::string(head.method_text) + " host=" + std::string(head.host) +
                     " path=" + std::string(head.routing_path) + " query=" + std::string(head.query) + "\r\n";
  text += head.keep_alive ? "" : "close behind it\r\n";
  text += http::serialize(head, head.authority, head.fields.arena());
  if (!trailers.empty()) text += "trailers " + std::string(http::serialize_trailers(trailers, head.fields.arena()));
  return text;
}

std::string answer(http::ResponseHead& head, const http::HeaderMap& trailers, const Settings& settings) {
  http::strip_response(head);
  if (head.framing.kind == http::BodyKind::until_close) head.framing.kind = http::BodyKind::chunked;
  std::string text = head.keep_alive ? "" : "upstream closes\r\n";
  const std::string now{http::http_date()};
  std::string bytes{http::serialize(head, settings.client_http_1_0, settings.keep_alive, head.fields.arena())};
  const std::size_t date = bytes.find("Date: " + now.substr(0, 16));
  if (date != std::string::npos) bytes.replace(date + 6, http::kDateBytes, "now");
  text += bytes;
  if (!trailers.empty()) text += "trailers " + std::string(http::serialize_trailers(trailers, head.fields.arena()));
  return text;
}

}  // namespace

TEST_CASE("requests reach the upstream as these bytes") {
  check_golden("http/requests", 60, [](std::string input) {
    const Settings settings = take_settings(input);
    const std::string bytes = unescape(input);
    const Outcome outcome = feed_in_every_way(bytes, [&](const Cut& cut) {
      return feed_request(bytes, cut, [&](http::RequestHead& head, const http::HeaderMap& trailers) {
        return forward(head, trailers, settings);
      });
    });
    std::string text = finish(outcome, bytes);
    if (!outcome.body.empty()) text += "body " + escape(outcome.body) + "\n";
    return text;
  });
}

TEST_CASE("answers reach the client as these bytes") {
  check_golden("http/responses", 40, [](std::string input) {
    const Settings settings = take_settings(input);
    const std::string bytes = unescape(input);
    const Outcome outcome = feed_in_every_way(bytes, [&](const Cut& cut) {
      return feed_response(
          bytes, http::method_from(settings.method), cut,
          [&](http::ResponseHead& head, const http::HeaderMap& trailers) { return answer(head, trailers, settings); });
    });
    std::string text = finish(outcome, bytes);
    if (!outcome.body.empty()) text += "body " + escape(outcome.body) + "\n";
    return text;
  });
}

}  // namespace mooring::test
