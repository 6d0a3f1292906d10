// WhoamiHandler: answers as traefik/whoami does: / (text), /api (JSON), /health, /bench, /data, /echo, and ?wait= on
// all.
//
// A server for examples and tests. It answers from what arrived, so its connections must leave the request's fields as
// they are (ConnectionGroup::as_received). One loop, one thread; the health status is the only thing that changes.
#pragma once

#include <cstdint>
#include <string>

#include "proxy/http/handler.h"

namespace mooring::cli {

class WhoamiHandler final : public http::Handler {
 public:
  // So much of a request's body is in the answer; the rest is read and dropped.
  static constexpr std::size_t kEchoedBody = std::size_t{64} * 1024;

  explicit WhoamiHandler(std::string name);
  loop::Task<http::Response> handle(http::Exchange& exchange) const override;

 private:
  loop::Task<http::Response> text(http::Exchange& exchange) const;
  loop::Task<http::Response> health(http::Exchange& exchange) const;
  http::Response api(http::Exchange& exchange) const;

  std::string name_;
  std::string hostname_;
  mutable std::uint16_t health_status_ = 200;  // what a POST to /health has set
};

}  // namespace mooring::cli
