// From one container to its fragment: which containers take part, the default names, rule, service and router, and the
// endpoint of each service.
//
// Pure but for its options, which are read once: the same container in the same surroundings gives the same fragment.
// Owned by the provider. Better than Traefik in what it does not drop: a container that is starting, unhealthy, paused
// or restarting keeps its route (its state says the rest), and a service without a port or a reachable address stays,
// without endpoint, with a Problem. Source: traefik-compat 1.2 to 1.6; design, sections 7 and 8.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "providers/docker/address.h"
#include "providers/docker/constraints.h"
#include "providers/docker/container.h"
#include "providers/docker/default_rule.h"
#include "proxy/config/dynamic.h"
#include "proxy/config/label_decoder.h"
#include "proxy/config/options.h"

namespace mooring::docker {

struct Built {
  config::FragmentPtr fragment;    // null: the container has no part in the table and nothing to say
  std::set<std::string> networks;  // by which its endpoints are reached
};

class FragmentBuilder {
 public:
  explicit FragmentBuilder(config::DockerOptions options);

  // Told by its labels alone: may this container be published, and is it worth an inspect?
  bool wants(const Labels& labels) const;
  // An inspected container; for one that is not wanted its list entry will do (only Problems can come of it).
  Built build(const Container& container, const Surroundings& around) const;

  const config::DockerOptions& options() const { return options_; }
  // What is wrong with the options themselves.
  const config::Problems& problems() const { return problems_; }

 private:
  bool matches(const Labels& labels) const { return constraints_ && constraints_->matches(labels); }
  void add_services(config::Fragment& fragment, const Container& container, const config::DecodedLabels& labels) const;
  void add_routers(config::Fragment& fragment, const Container& container, const config::DecodedLabels& labels) const;
  std::optional<config::RouterConfig> router(config::Fragment& fragment, const Container& container,
                                             const std::string& name, const config::DecodedRouter& decoded) const;
  bool give_default_rule(config::Fragment& fragment, const Container& container, const std::string& name,
                         config::RouterConfig& router) const;

  config::DockerOptions options_;
  std::optional<DefaultRule> default_rule_;
  std::optional<Constraints> constraints_;
  config::Problems problems_;
};

}  // namespace mooring::docker
