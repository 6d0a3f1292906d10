#include "proxy/routing/transports.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

namespace mooring::routing {
namespace {

constexpr std::size_t kIdleOfNamed = 2;       // Go's DefaultMaxIdleConnsPerHost
constexpr std::size_t kMostIdle = 1'000'000;  // what is more is as good as no limit

std::uint64_t milliseconds(std::chrono::milliseconds time) {
  return time.count() > 0 ? static_cast<std::uint64_t>(time.count()) : 0;
}

std::size_t idle_of(std::int64_t configured, std::size_t otherwise) {
  if (configured == 0) return otherwise;
  if (configured < 0) return 0;
  return static_cast<std::uint64_t>(configured) > kMostIdle ? kMostIdle : static_cast<std::size_t>(configured);
}

void add(upstream::Transport made, Transports& all, const Transports* previous) {
  const std::string name = made.name;
  if (previous != nullptr) {
    const auto found = previous->find(name);
    if (found != previous->end() && found->second != nullptr && *found->second == made) {
      all.emplace(name, found->second);
      return;
    }
  }
  all.emplace(name, std::make_shared<const upstream::Transport>(std::move(made)));
}

}  // namespace

Transports build_transports(const config::Merged& merged, const config::Options& options, const Transports* previous) {
  Transports all;
  add({.name = std::string(kDefaultTransport),
       .dial_ms = milliseconds(options.forwarding_timeouts.dial),
       .response_header_ms = milliseconds(options.forwarding_timeouts.response_header),
       .idle_ms = milliseconds(options.forwarding_timeouts.idle_connection),
       .max_idle_an_endpoint = idle_of(options.max_idle_conns_per_host, kIdleOfNamed)},
      all, previous);
  for (const auto& [name, transport] : merged.servers_transports) {
    const config::ServersTransportConfig& config = transport.config;
    if (!config.broken.empty()) {
      all.emplace(name, nullptr);
      continue;
    }
    add({.name = name,
         .dial_ms = milliseconds(config.dial_timeout),
         .response_header_ms = milliseconds(config.response_header_timeout),
         .idle_ms = milliseconds(config.idle_connection_timeout),
         .max_idle_an_endpoint = idle_of(config.max_idle_conns_per_host, kIdleOfNamed)},
        all, previous);
  }
  return all;
}

upstream::TransportPtr transport_of(const config::MergedService& service, const config::Merged& merged,
                                    const Transports& transports, std::string& why) {
  const std::string& named = service.config.servers_transport;
  const auto found = transports.find(named.empty() ? std::string(kDefaultTransport) : named);
  if (found == transports.end()) {
    why = "the servers transport \"" + named + "\" does not exist";
    return nullptr;
  }
  if (found->second == nullptr) {
    why = "the servers transport \"" + named + "\" is broken: " + merged.servers_transports.at(named).config.broken;
  }
  return found->second;
}

}  // namespace mooring::routing
