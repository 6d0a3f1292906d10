#include "proxy/cli/check_running.h"

#include <nlohmann/json.hpp>

#include "providers/docker/engine_json.h"
#include "providers/docker/names.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"

namespace mooring::cli {
namespace {

using config::Problem;
using config::Severity;

bool is_ours(std::string_view key) {
  return config::ascii_lower(key).starts_with("traefik.");
}

Problem problem_of(const docker::Container& container, std::string_view code, std::string key, std::string text) {
  Problem problem;
  problem.code = code;
  problem.severity = Severity::warning;
  problem.where = docker::label_for_people(container);
  problem.key = std::move(key);
  problem.text = std::move(text);
  return problem;
}

void compare_labels(const docker::Container& container, const config::ComposeService& service,
                    config::Problems& problems) {
  const auto tell = [&](const std::string& key, std::string text) {
    Problem problem = problem_of(container, config::code::kNotRecreated, config::printable(key), std::move(text));
    problem.in_force = "the container keeps the labels that it was created with";
    problem.fix = "docker compose up -d " + config::printable(service.name);
    problems.push_back(std::move(problem));
  };
  for (const auto& [key, label] : service.labels) {
    if (!is_ours(key)) continue;
    const auto found = container.labels.find(key);
    if (found == container.labels.end()) {
      tell(key, "the running container does not have this label of the file");
    } else if (found->second != label.value) {
      tell(key, "the running container has another value than the file");
    }
  }
  for (const auto& [key, value] : container.labels) {
    if (is_ours(key) && !service.labels.contains(key)) tell(key, "the running container has this label, the file not");
  }
}

void compare_state(const docker::Container& container, config::Problems& problems) {
  const bool starting = container.health == providers::Health::starting;
  if (!starting && container.health != providers::Health::unhealthy) return;
  Problem problem = problem_of(container, config::code::kNotReady, {},
                               starting ? "the container's health check has not said healthy yet"
                                        : "the container is unhealthy: " + config::printable(container.health_output));
  problem.in_force = "its routes answer 503 with the reason";
  problem.fix = starting ? "wait, or give the check a shorter interval" : "see docker inspect: State.Health.Log";
  problems.push_back(std::move(problem));
}

}  // namespace

std::expected<std::vector<docker::Container>, std::string> read_inspected(std::string_view text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_array()) return std::unexpected("it is no JSON array of containers");
  std::vector<docker::Container> containers;
  for (const auto& item : document) {
    auto container = docker::decode_inspect(item.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    if (!container) return std::unexpected(container.error());
    containers.push_back(std::move(*container));
  }
  return containers;
}

config::Problems compare_running(const std::vector<docker::Container>& running,
                                 const std::list<config::ComposeProject>& projects) {
  config::Problems problems;
  for (const docker::Container& container : running) {
    for (const config::ComposeProject& project : projects) {
      const auto found = project.services.find(docker::label_of(container.labels, docker::kComposeService));
      const bool of_project = docker::label_of(container.labels, docker::kComposeProject) == project.name;
      if (of_project && found != project.services.end()) compare_labels(container, found->second, problems);
    }
    compare_state(container, problems);
  }
  return problems;
}

}  // namespace mooring::cli
