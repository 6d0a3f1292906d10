#include "proxy/routing/transport_book.h"

#include <string_view>
#include <utility>
#include <vector>

#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"

namespace mooring::routing {
namespace {

config::Problem bad_transport(const std::string& name, const config::MergedService& service, const std::string& why,
                              const Transports& transports) {
  std::vector<std::string_view> known;
  for (const auto& [transport, made] : transports) known.push_back(transport);
  const std::string near(config::nearest(service.config.servers_transport, known));
  config::Problem problem;
  problem.code = config::code::kBadTransport;
  problem.where = service.origins.empty() ? "mooring" : service.origins.front()->origin.label;
  problem.key = name;
  problem.text = why;
  problem.in_force = "service \"" + name + "\" has no endpoint (503)";
  if (!near.empty() && !transports.contains(service.config.servers_transport)) {
    problem.fix = "did you mean \"" + near + "\"?";
  }
  return problem;
}

}  // namespace

upstream::TransportPtr TransportBook::of(const config::MergedService& service, const config::Merged& merged) const {
  std::string why;
  return transport_of(service, merged, transports_, why);
}

std::string TransportBook::error_of(const std::string& service) const {
  const auto found = bad_.find(service);
  return found == bad_.end() ? std::string() : found->second.why;
}

void TransportBook::look_at(const std::string& name, const config::Merged& merged, ProblemLedger& ledger) {
  naming_.erase(name);
  if (const auto was = bad_.find(name); was != bad_.end()) {
    ledger.drop(was->second.problem);
    bad_.erase(was);
  }
  const auto found = merged.services.find(name);
  if (found == merged.services.end() || found->second.config.servers_transport.empty()) return;
  naming_.insert(name);
  std::string why;
  if (transport_of(found->second, merged, transports_, why) != nullptr) return;
  config::Problem problem = bad_transport(name, found->second, why, transports_);
  ledger.add(problem);
  bad_.emplace(name, Bad{.why = std::move(why), .problem = std::move(problem)});
}

Names TransportBook::update(const config::Merged& merged, const config::MergeChange& change, ProblemLedger& ledger) {
  const bool anew = transports_.empty() || !change.servers_transports.all.empty();
  Names services = change.services.all;
  if (anew) {
    transports_ = build_transports(merged, options_, &transports_);
    services.insert(naming_.begin(), naming_.end());
  }
  for (const std::string& name : services) look_at(name, merged, ledger);
  return services;
}

}  // namespace mooring::routing
