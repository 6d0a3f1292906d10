// Containers in, routers and services out, against test/golden/fragments: the rows of traefik-compat 0 to 3.1 that only
// a whole container shows (names, default rule, which containers are kept, port and address).
//
// Input lines: "name N", "status S", "health H", "mode M", "port [address:host:]number/protocol", "network NAME IP",
// "own NAME IP" (a network of the proxy), "option KEY=VALUE" of providers.docker, and labels "key=value".
#include <catch2/catch_test_macros.hpp>
#include <sstream>
#include <string>

#include "providers/docker/fragment_builder.h"
#include "proxy/config/compose_ports.h"
#include "proxy/config/go_values.h"
#include "test/support/golden.h"

namespace mooring::docker {
namespace {

struct Case {
  Container container;
  Surroundings around;
  config::DockerOptions options;
};

void take_option(const std::string& text, config::DockerOptions& options) {
  const auto equals = text.find('=');
  const std::string key = text.substr(0, equals);
  const std::string value = text.substr(equals + 1);
  if (key == "exposedByDefault") options.exposed_by_default = value == "true";
  if (key == "defaultRule") options.default_rule = value;
  if (key == "constraints") options.constraints = value;
  if (key == "network") options.network = value;
  if (key == "useBindPortIP") options.use_bind_port_ip = value == "true";
}

void take_port(const std::string& text, Container& container) {
  for (const config::ComposePort& each : config::parse_compose_port(text, true)) {
    Port port{each.number, each.protocol, {}};
    if (each.host_port != 0) port.bindings.push_back({each.host_address, each.host_port});
    container.ports.push_back(port);
  }
}

void take_network(std::istringstream& words, std::map<std::string, Attachment>& networks) {
  std::string name;
  std::string address;
  words >> name >> address;
  Attachment& attachment = networks[name];
  attachment.network_id = name;
  (address.find(':') == std::string::npos ? attachment.address : attachment.address6) = address;
}

Case read_case(const std::string& text) {
  Case out;
  out.container.id = "c1";
  out.container.name = "web";
  out.container.status = "running";
  out.container.network_mode = "bridge";
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    const std::string word = line.substr(0, line.find(' '));
    const std::string rest = line.size() > word.size() ? line.substr(word.size() + 1) : "";
    std::istringstream words{rest};
    if (word == "name")
      out.container.name = rest;
    else if (word == "status")
      out.container.status = rest;
    else if (word == "mode")
      out.container.network_mode = rest;
    else if (word == "port")
      take_port(rest, out.container);
    else if (word == "option")
      take_option(rest, out.options);
    else if (word == "network")
      take_network(words, out.container.networks);
    else if (word == "own") {
      if (!out.around.own) out.around.own = OwnContainer{"p", "proxy", false, {}};
      take_network(words, out.around.own->networks);
    } else if (word == "health") {
      out.container.health = rest == "healthy" ? providers::Health::healthy : providers::Health::unhealthy;
    } else if (const auto equals = line.find('='); equals != std::string::npos) {
      out.container.labels[line.substr(0, equals)] = line.substr(equals + 1);
    }
  }
  out.around.network = out.options.network;
  out.around.use_bind_port_ip = out.options.use_bind_port_ip;
  return out;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ",") + item;
  return out;
}

std::string shown(const std::string& text) {
  const Case given = read_case(text);
  const auto built = FragmentBuilder(given.options).build(given.container, given.around);
  if (built.fragment == nullptr) return "left out\n";
  std::string out;
  for (const auto& [name, router] : built.fragment->routers) {
    out += "router " + name + " " + router.rule + (router.default_rule ? " (default)" : "") + " -> " + router.service;
    if (!router.entry_points.empty()) out += " on " + joined(router.entry_points);
    if (!router.middlewares.empty()) out += " through " + joined(router.middlewares);
    if (router.priority != 0) out += " priority " + std::to_string(router.priority);
    out += router.broken.empty() ? "\n" : " BROKEN\n";
  }
  for (const auto& [name, service] : built.fragment->services) {
    out += "service " + name;
    for (const config::ServerConfig& server : service.servers) {
      out += " " + server.url() + (server.weight == 1 ? "" : " weight " + std::to_string(server.weight));
    }
    if (!service.pass_host_header) out += " own host header";
    if (service.sticky) out += " sticky " + service.sticky->cookie.name;
    if (service.strategy != config::Strategy::wrr) out += " by " + std::string{to_string(service.strategy)};
    if (service.health_check) out += " asked " + service.health_check->path;
    if (service.passive_health_check) out += " watched";
    if (service.queue != config::QueueConfig{}) {
      out += " queue " + std::to_string(service.queue.timeout.count()) + "ms " + std::to_string(service.queue.size);
    }
    out += service.broken.empty() ? "\n" : " BROKEN\n";
  }
  for (const auto& [name, middleware] : built.fragment->middlewares) out += "middleware " + name + "\n";
  for (const config::Problem& problem : built.fragment->problems) out += "! " + to_line(problem) + "\n";
  return out.empty() ? "nothing\n" : out;
}

TEST_CASE("containers give the fragments that the golden files say") {
  test::check_golden("fragments", 55, shown);
}

}  // namespace
}  // namespace mooring::docker
