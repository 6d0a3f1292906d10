// A rule compiled for the request path: a row of steps, each with the step to go to when it holds and when it does not.
//
// Made from a Rule by whoever builds a snapshot, shared by all workers, never changed. `matches` takes no lock of ours,
// does not recurse, and allocates nothing unless a query is encoded or a text is no UTF-8. Cheap conditions come first.
// It sees the request's head as resolve_target() left it, and the peer of the connection, never X-Forwarded-For.
// Source: Traefik's pkg/muxer/http (traefik-compat 2.2).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "proxy/config/ip.h"
#include "proxy/http/request_head.h"
#include "proxy/routing/rule.h"
#include "proxy/routing/rule_analysis.h"

namespace mooring::routing {

class Matcher {
 public:
  // `rule` must come from parse_rule().
  explicit Matcher(const Rule& rule);
  ~Matcher();
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

  bool matches(const http::RequestHead& request, const config::IpAddress& peer) const;

  // Where the route table files it.
  const std::optional<RequiredHosts>& required_hosts() const { return required_hosts_; }

 private:
  struct Step;

  // Appends the steps of `rule`, last first, and returns the number of the first.
  std::uint32_t emit(const Rule& rule, std::uint32_t if_true, std::uint32_t if_false);
  std::uint32_t emit_condition(const Rule& rule, std::uint32_t if_true, std::uint32_t if_false);
  std::uint32_t emit_host_set(const std::vector<const Rule*>& hosts, std::uint32_t if_true, std::uint32_t if_false);

  std::vector<Step> steps_;
  std::uint32_t first_ = 0;
  std::optional<RequiredHosts> required_hosts_;
};

}  // namespace mooring::routing
