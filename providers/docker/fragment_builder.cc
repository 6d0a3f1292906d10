#include "providers/docker/fragment_builder.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <utility>

#include "providers/docker/names.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"

namespace mooring::docker {

namespace {

using config::Fragment;
using config::Problem;
using config::Severity;

constexpr std::string_view kEnable = "traefik.enable";

bool same_key(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right,
                            [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

config::Origin origin_of(const Container& container) {
  config::Origin origin;
  origin.label = label_for_people(container);
  origin.project = label_of(container.labels, kComposeProject);
  origin.service = label_of(container.labels, kComposeService);
  origin.container_id = container.id;
  origin.container_name = container.name;
  origin.image = container.image;
  origin.created = container.created;
  for (const auto& [name, attachment] : container.networks) {
    for (const std::string& address : {attachment.address, attachment.address6}) {
      if (!address.empty()) origin.addresses.push_back(address);
    }
  }
  return origin;
}

// Each Problem once, also where several services of the container have it.
void add(Fragment& fragment, Problem problem) {
  if (std::ranges::find(fragment.problems, problem) == fragment.problems.end()) {
    fragment.problems.push_back(std::move(problem));
  }
}

Problem remark(const Fragment& fragment, std::string_view code, Severity severity, std::string text) {
  Problem problem;
  problem.code = std::string(code);
  problem.severity = severity;
  problem.where = fragment.origin.label;
  problem.text = std::move(text);
  return problem;
}

std::string port_key(const std::string& service) {
  return "traefik.http.services." + service + ".loadbalancer.server.port";
}

template <typename Map>
std::string names_of(const Map& map) {
  std::string names;
  for (const auto& [name, value] : map) {
    names += (names.empty() ? "" : ", ") + config::quoted(name);
  }
  return names;
}

// The fragment of a container that is not exposed: nothing but what its owner may not have meant.
config::FragmentPtr only_problems(Fragment fragment, config::DecodedLabels labels) {
  const bool readable = !labels.enable_misread && std::ranges::none_of(labels.problems, [](const Problem& problem) {
    return same_key(problem.key, kEnable);
  });
  if (labels.enable && readable) {
    return nullptr;  // switched off on purpose
  }
  fragment.problems = std::move(labels.problems);
  if (labels.has_http && !labels.enable) {
    Problem problem = remark(fragment, config::code::kNotEnabled, Severity::info,
                             "it has traefik.http labels but not traefik.enable, and exposedByDefault is false");
    problem.in_force = "the container is not exposed, and nothing that its labels define exists";
    problem.fix = "traefik.enable=true";
    add(fragment, std::move(problem));
  }
  return fragment.problems.empty() ? nullptr : std::make_shared<const Fragment>(std::move(fragment));
}

// Our own keys, where no label defines a service: they may be meant for the one that is made.
void add_own_keys(Fragment& fragment, const config::DecodedLabels& labels) {
  for (const auto& [name, said] : labels.own) {
    const auto& [own, key] = said;
    const auto made = fragment.services.find(name);
    if (made == fragment.services.end()) {
      const std::string fix = fragment.services.empty() ? "" : "its service is " + names_of(fragment.services);
      add(fragment,
          config::own_key_unused(fragment.origin.label, key,
                                 "no service " + config::quoted(name) + " is defined by this container", fix));
      continue;
    }
    made->second.queue = own.queue;
    if (!own.rise && !own.fall) {
      continue;
    }
    add(fragment, config::own_key_unused(
                      fragment.origin.label, key,
                      "rise and fall are for a health check, and service " + config::quoted(name) + " has none",
                      "traefik.http.services." + name + ".loadbalancer.healthcheck.path=/"));
  }
}

// The port for a service that names none, and a word about how it was found.
std::optional<std::uint16_t> guess_port(Fragment& fragment, const Container& container, const std::string& service) {
  const auto ports = tcp_ports(container);
  if (ports.size() == 1) {
    return ports.front();
  }
  if (ports.empty()) {
    Problem problem = remark(fragment, config::code::kNoPort, Severity::error,
                             "service " + config::quoted(service) +
                                 " has no port: none is set by label, and the "
                                 "container exposes no TCP port");
    problem.key = port_key(service);
    problem.in_force = "no endpoint is made: its routes answer 503";
    problem.fix = port_key(service) + "=<the port it listens on>";
    add(fragment, std::move(problem));
    return std::nullopt;
  }
  std::string all;
  for (const std::uint16_t port : ports) {
    all += (all.empty() ? "" : ", ") + std::to_string(port);
  }
  Problem problem = remark(fragment, config::code::kPort, Severity::info,
                           "the container exposes several TCP ports (" + all + ") and no label chooses one");
  problem.key = port_key(service);
  problem.in_force = "port " + std::to_string(ports.front()) + " is used, the lowest";
  problem.fix = port_key(service) + "=" + std::to_string(ports.front());
  add(fragment, std::move(problem));
  return ports.front();
}

// A router without a rule beside others that have one: most often its name is a typo. It is published under the default
// rule all the same, as Traefik does.
void warn_of_stray(Fragment& fragment, const std::string& name, const std::string& rule,
                   const config::DecodedLabels& labels) {
  std::vector<std::string_view> others;
  for (const auto& [other, decoded] : labels.routers) {
    if (decoded.rule) {
      others.push_back(other);
    }
  }
  if (others.empty()) {
    return;
  }
  const auto meant = config::nearest(name, others);
  Problem problem =
      remark(fragment, config::code::kStrayRouter, Severity::warning,
             "router " + config::quoted(name) + " has no rule, and other routers of the container have one");
  problem.key = "traefik.http.routers." + name;
  problem.in_force = "it is published as " + config::printable(rule);
  problem.fix = !meant.empty() ? "did you mean router " + config::quoted(meant) + "?"
                               : "traefik.http.routers." + name + ".rule=…";
  add(fragment, std::move(problem));
}

// The number that the label says is one that the host publishes, and none that the container has.
void warn_of_host_port(Fragment& fragment, const Container& container, const std::string& service, std::uint16_t port) {
  std::string published;
  std::uint16_t own = 0;
  for (const Port& each : container.ports) {
    if (each.number == port) {
      return;
    }
    for (const HostBinding& binding : each.bindings) {
      if (binding.port == port && own == 0) {
        own = each.number;
        published = std::to_string(port) + ":" + std::to_string(own);
      }
    }
  }
  if (own == 0) {
    return;
  }
  Problem problem = remark(fragment, config::code::kHostPort, Severity::warning,
                           std::to_string(port) + " is the host's side of \"" + published +
                               "\"; the proxy speaks to the container, where it is " + std::to_string(own));
  problem.key = port_key(service);
  problem.in_force = "port " + std::to_string(port) + " of the container is used, as the label says";
  problem.fix = port_key(service) + "=" + std::to_string(own);
  add(fragment, std::move(problem));
}

std::optional<config::ServerConfig> server_of(Fragment& fragment, const Container& container, const std::string& name,
                                              const config::DecodedService& service, const std::string& network,
                                              const Surroundings& around, std::set<std::string>& networks) {
  if (!service.broken.empty()) {
    return std::nullopt;
  }
  if (service.url) {
    config::ServerConfig server = *service.url;
    server.weight = service.weight;
    server.preserve_path = service.preserve_path;
    return server;
  }
  const auto port = service.port ? service.port : guess_port(fragment, container, name);
  if (!port) {
    return std::nullopt;
  }
  if (service.port && container.network_mode != "host") {
    warn_of_host_port(fragment, container, name, *port);
  }
  config::Problems remarks;
  auto address = find_address(container, *port, network, around, remarks);
  for (Problem& each : remarks) {
    add(fragment, std::move(each));
  }
  if (!address) {
    add(fragment, std::move(address.error()));
    return std::nullopt;
  }
  if (!address->network.empty()) {
    networks.insert(address->network);
  }
  config::ServerConfig server;
  server.id = container.id + ":" + std::to_string(*port);
  server.scheme = service.scheme;
  server.host = std::move(address->host);
  server.port = address->port;
  server.weight = service.weight;
  return server;
}

}  // namespace

FragmentBuilder::FragmentBuilder(config::DockerOptions options) : options_(std::move(options)) {
  if (auto rule = DefaultRule::parse(options_.default_rule); rule) {
    default_rule_ = std::move(*rule);
  }
  if (auto constraints = Constraints::parse(options_.constraints); constraints) {
    constraints_ = std::move(*constraints);
  }
  for (auto& problem : {validate_default_rule(options_.default_rule), validate_constraints(options_.constraints)}) {
    if (problem) {
      problems_.push_back(*problem);
    }
  }
}

bool FragmentBuilder::wants(const Labels& labels) const {
  if (is_one_off(labels) || !matches(labels)) {
    return false;
  }
  std::optional<bool> enable;
  for (const auto& [key, value] : labels) {
    if (same_key(key, kEnable)) {
      enable = config::decode_labels({{key, value}}, "").enable;
      break;
    }
  }
  return enable.value_or(options_.exposed_by_default);
}

Built FragmentBuilder::build(const Container& container, const Surroundings& around) const {
  if (is_one_off(container.labels) || !matches(container.labels)) {
    return {};
  }
  Fragment fragment;
  fragment.id = container.id;
  fragment.origin = origin_of(container);
  config::DecodedLabels labels = config::decode_labels(container.labels, fragment.origin.label);
  if (!labels.enable.value_or(options_.exposed_by_default)) {
    return {only_problems(std::move(fragment), std::move(labels)), {}};
  }
  const providers::Phase phase = state_of(container).phase;
  if (phase == providers::Phase::stopped && !labels.allow_non_running) {
    return {};
  }
  fragment.problems = labels.problems;
  fragment.middlewares = labels.middlewares;
  add_services(fragment, container, labels);
  Built built;
  if (phase == providers::Phase::running || phase == providers::Phase::paused) {
    static const config::DecodedService by_default;
    for (auto& [name, service] : fragment.services) {
      const auto decoded = labels.services.find(name);
      if (auto server =
              server_of(fragment, container, name, decoded == labels.services.end() ? by_default : decoded->second,
                        labels.network, around, built.networks);
          server) {
        service.servers.push_back(std::move(*server));
      }
    }
  }
  add_routers(fragment, container, labels);
  const bool asked_for = labels.has_http || labels.enable.has_value();
  for (Problem& problem : fragment.problems) {
    // A container that is exposed only because all are, and that nobody labelled, is rarely meant to be reached.
    if (!asked_for && problem.severity == Severity::error) {
      problem.severity = Severity::info;
    }
  }
  built.fragment = std::make_shared<const Fragment>(std::move(fragment));
  return built;
}

void FragmentBuilder::add_services(Fragment& fragment, const Container& container,
                                   const config::DecodedLabels& labels) const {
  for (const auto& [name, decoded] : labels.services) {
    config::ServiceConfig service;
    service.pass_host_header = decoded.pass_host_header;
    service.sticky = decoded.sticky;
    service.flush_interval = decoded.flush_interval;
    service.servers_transport = decoded.servers_transport;
    service.strategy = decoded.strategy;
    service.health_check = decoded.health_check;
    service.passive_health_check = decoded.passive_health_check;
    service.queue = decoded.queue;
    service.broken = decoded.broken;
    fragment.services.emplace(name, std::move(service));
  }
  const bool other_protocols_only = labels.has_tcp_or_udp && !labels.has_http;
  if (labels.services.empty() && !other_protocols_only) {
    fragment.services.emplace(service_name(container), config::ServiceConfig{});
  }
  add_own_keys(fragment, labels);
}

void FragmentBuilder::add_routers(Fragment& fragment, const Container& container,
                                  const config::DecodedLabels& labels) const {
  for (const auto& [name, decoded] : labels.routers) {
    if (auto made = router(fragment, container, name, decoded); made) {
      if (made->default_rule && made->broken.empty()) {
        warn_of_stray(fragment, name, made->rule, labels);
      }
      fragment.routers.emplace(name, std::move(*made));
    }
  }
  // A router label that could not be read was meant to say who gets in: the default rule must not stand in for it.
  if (!labels.routers.empty() || !labels.no_default_router.empty() || fragment.services.empty()) {
    return;
  }
  if (fragment.services.size() > 1) {
    Problem problem = remark(fragment, config::code::kNoServiceLink, Severity::info,
                             "the container has several services (" + names_of(fragment.services) + ") and no router");
    problem.in_force = "no router is made for it";
    problem.fix = "traefik.http.routers.<name>.rule=… and traefik.http.routers.<name>.service=<one of them>";
    add(fragment, std::move(problem));
    return;
  }
  const std::string name = service_name(container);
  if (auto made = router(fragment, container, name, {}); made) {
    fragment.routers.emplace(name, std::move(*made));
  }
}

std::optional<config::RouterConfig> FragmentBuilder::router(Fragment& fragment, const Container& container,
                                                            const std::string& name,
                                                            const config::DecodedRouter& decoded) const {
  config::RouterConfig router = config::router_config(decoded);
  if (router.service.empty() && fragment.services.size() != 1) {
    const std::string key = "traefik.http.routers." + name + ".service";
    Problem problem = remark(fragment, config::code::kNoServiceLink, Severity::error,
                             "router " + config::quoted(name) + " names no service, and the container has " +
                                 (fragment.services.empty() ? "none" : "several: " + names_of(fragment.services)));
    problem.key = key;
    problem.in_force =
        decoded.rule ? "router " + config::quoted(name) + " is not served (503)" : "the router is left out";
    problem.fix = fragment.services.empty() ? "define a service" : key + "=" + fragment.services.begin()->first;
    // Left out, it would leave to a wider router what it was to guard.
    if (router.broken.empty()) router.broken = problem.text;
    add(fragment, std::move(problem));
    if (!decoded.rule) return std::nullopt;
    return router;
  }
  if (router.service.empty()) {
    router.service = fragment.services.begin()->first;
  }
  if (!decoded.rule && !give_default_rule(fragment, container, name, router)) {
    return std::nullopt;
  }
  return router;
}

bool FragmentBuilder::give_default_rule(Fragment& fragment, const Container& container, const std::string& name,
                                        config::RouterConfig& router) const {
  router.rule = default_rule_ ? default_rule_->render(container) : "";
  router.default_rule = true;
  const std::string key = "traefik.http.routers." + name + ".rule";
  if (router.rule.empty()) {
    Problem problem =
        remark(fragment, "D004", Severity::error,
               "router " + config::quoted(name) + " has no rule, and providers.docker.defaultRule gives none");
    problem.key = key;
    problem.in_force = "the router is left out";
    problem.fix = key + "=Host(`…`)";
    add(fragment, std::move(problem));
    return false;
  }
  return true;
}

}  // namespace mooring::docker
