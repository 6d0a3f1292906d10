// Compose files as far as labels and addresses depend on them: services, labels with their lines, ports, networks.
//
// Several files override one another in their order, `extends` is followed within them, variables are replaced, merge
// keys and anchors are the YAML reader's. What Compose would refuse is a Problem with file and line, and the rest is
// read all the same. Knows no container and no rule. Pure; plain values; any thread.
// Source: the Compose specification; field notes 3.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "proxy/config/compose_variables.h"
#include "proxy/config/problem.h"
#include "proxy/config/value_tree.h"

namespace mooring::config {

struct ComposeText {
  std::string value;
  std::string where;  // "compose.yaml:12"

  bool operator==(const ComposeText&) const = default;
};

struct ComposePort {
  std::uint16_t number = 0;  // the container's
  std::string protocol = "tcp";
  std::string host_address;
  std::uint16_t host_port = 0;  // 0: not published, or on any port

  auto operator<=>(const ComposePort&) const = default;
};

struct ComposeService {
  std::string name;
  std::string where;
  std::string image;
  std::string container_name;
  std::string network_mode;
  std::map<std::string, ComposeText> labels;
  std::map<std::string, ComposeText> deploy_labels;
  std::optional<std::int64_t> replicas;  // deploy.replicas or scale
  std::set<ComposePort> ports;           // published and exposed
  std::set<std::string> networks;        // keys of the file; empty: the default one
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  std::set<std::string> profiles;
};

struct ComposeProject {
  std::string name;
  std::map<std::string, ComposeService> services;
  std::map<std::string, std::string> networks;  // key → name on the engine
  std::vector<std::string> left_out;            // services of profiles that are not asked for
  Problems problems;
};

struct ComposeFile {
  std::string name;  // as Problems give it
  ValueTree tree;
};

struct ComposeInput {
  std::vector<ComposeFile> files;  // later ones override
  Variables variables;             // the environment, then the .env file
  std::string project;             // asked for; else the file's `name`, else `directory`
  std::string directory;           // the folder's name
  std::set<std::string> profiles;  // asked for; "*" is all
};

ComposeProject read_compose(ComposeInput input);

// "My Shop" → "myshop": what Compose makes of a folder's name.
std::string compose_project_name(std::string_view text);

}  // namespace mooring::config
