#include "proxy/config/compose.h"

#include <algorithm>
#include <array>
#include <utility>

#include "proxy/config/compose_ports.h"
#include "proxy/config/go_values.h"
#include "proxy/config/label_decoder.h"
#include "proxy/config/label_mistakes.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr int kMostExtends = 32;

struct Extends {
  std::string file;  // empty: the same
  std::string service;
  std::string where;
};

struct DraftService {
  ComposeService service;
  std::optional<Extends> extends;
};

using Drafts = std::map<std::string, DraftService>;

// Reads one file into drafts. Variables have been replaced before.
class FileReader {
 public:
  FileReader(const ComposeFile& file, ComposeProject& project) : file_(file), project_(project) {}

  Drafts read() {
    Drafts drafts;
    const ValueTree* services = file_.tree.find("services");
    if (services != nullptr && services->shape == ValueShape::map) {
      for (const ValueTree& service : services->children) drafts.emplace(service.key, read_service(service));
    } else if (services != nullptr && services->shape != ValueShape::empty) {
      refuse(*services, "services are named: a section with one key for each");
    }
    if (const ValueTree* include = file_.tree.find("include"); include != nullptr) {
      tell(code::kExtends, Severity::info, *include, "what a file includes is not followed",
           "the included services are not checked", "give those files too");
    }
    read_networks();
    return drafts;
  }

 private:
  std::string place(const ValueTree& at) const { return file_.name + ":" + std::to_string(at.line); }

  Problem& tell(std::string_view code, Severity severity, const ValueTree& at, std::string text, std::string in_force,
                std::string fix = {}) {
    return project_.problems.emplace_back(Problem{std::string{code}, severity, place(at), printable(at.key),
                                                  std::move(text), std::move(in_force), std::move(fix)});
  }
  void refuse(const ValueTree& at, std::string text, std::string fix = {}) {
    tell(code::kBrokenCompose, Severity::error, at, std::move(text), "Compose refuses the file", std::move(fix));
  }

  std::string text_of(const ValueTree& at) {
    if (at.shape == ValueShape::scalar) return at.text;
    if (at.shape != ValueShape::empty) refuse(at, "one text is expected here");
    return {};
  }

  DraftService read_service(const ValueTree& tree) {
    DraftService draft;
    ComposeService& service = draft.service;
    service.name = tree.key;
    service.where = place(tree);
    if (tree.shape != ValueShape::map) {
      if (tree.shape != ValueShape::empty) refuse(tree, "a service is a section");
      return draft;
    }
    for (const ValueTree& member : tree.children) read_member(member, draft);
    return draft;
  }

  void read_member(const ValueTree& member, DraftService& draft) {
    ComposeService& service = draft.service;
    const std::string& key = member.key;
    if (key == "image") service.image = text_of(member);
    if (key == "container_name") service.container_name = text_of(member);
    if (key == "network_mode") service.network_mode = text_of(member);
    if (key == "labels") service.labels = read_labels(member);
    if (key == "scale") service.replicas = parse_int(text_of(member));
    if (key == "environment") service.environment = read_environment(member);
    if (key == "label_file") {
      tell(code::kExtends, Severity::info, member, "labels in a file of their own are not read",
           "the labels of that file are not checked", "write them under labels:");
    }
    if (key == "command") service.command = read_command(member);
    if (key == "profiles") service.profiles = names_of(member);
    if (key == "networks") service.networks = names_of(member);
    if (key == "ports") read_ports(member, service, true);
    if (key == "expose") read_ports(member, service, false);
    if (key == "deploy") read_deploy(member, service);
    if (key == "extends") read_extends(member, draft);
    if (key != "labels" && !key.starts_with("x-") && edit_distance(key, "labels") <= kMostEdits) {
      tell(code::kComposeKey, Severity::error, member, "a service has no key " + quoted_key(key),
           "Compose refuses the file, and its labels are not read", "write labels:");
    }
  }

  static std::string quoted_key(const std::string& key) { return config::quoted(key); }

  void read_deploy(const ValueTree& deploy, ComposeService& service) {
    for (const ValueTree& member : deploy.children) {
      if (member.key == "replicas") service.replicas = parse_int(text_of(member));
      if (member.key == "labels") service.deploy_labels = read_labels(member);
    }
  }

  void read_extends(const ValueTree& tree, DraftService& draft) {
    Extends extends;
    extends.where = place(tree);
    if (tree.shape == ValueShape::scalar) extends.service = tree.text;
    for (const ValueTree& member : tree.children) {
      if (member.key == "service") extends.service = text_of(member);
      if (member.key == "file") extends.file = text_of(member);
    }
    draft.extends = std::move(extends);
  }

  std::map<std::string, ComposeText> read_labels(const ValueTree& tree) {
    std::map<std::string, ComposeText> labels;
    if (tree.shape == ValueShape::scalar) {
      refuse(tree, "labels are a list of key=value, or a section of key: value");
      return labels;
    }
    for (const ValueTree& item : tree.children) {
      if (tree.shape == ValueShape::map) {
        labels.insert_or_assign(item.key, ComposeText{text_of(item), place(item)});
      } else if (item.shape == ValueShape::scalar) {
        const auto equals = item.text.find('=');
        const std::string value = equals == std::string::npos ? "" : item.text.substr(equals + 1);
        labels.insert_or_assign(item.text.substr(0, equals), ComposeText{value, place(item)});
      } else if (item.shape == ValueShape::map) {
        read_pair_in_list(item, labels);
      }
    }
    return labels;
  }

  // What a list has without a value is taken from Compose's own environment, which is not known here.
  static std::map<std::string, std::string> read_environment(const ValueTree& tree) {
    std::map<std::string, std::string> variables;
    for (const ValueTree& item : tree.children) {
      const auto equals = item.text.find('=');
      if (tree.shape == ValueShape::map && item.shape == ValueShape::scalar) {
        variables.insert_or_assign(item.key, item.text);
      } else if (tree.shape == ValueShape::list && equals != std::string::npos) {
        variables.insert_or_assign(item.text.substr(0, equals), item.text.substr(equals + 1));
      }
    }
    return variables;
  }

  // "- traefik.enable: true": YAML reads a section where Compose wants a text.
  void read_pair_in_list(const ValueTree& item, std::map<std::string, ComposeText>& labels) {
    for (const ValueTree& pair : item.children) {
      const std::string value = pair.shape == ValueShape::scalar ? pair.text : "";
      tell(code::kLabelForm, Severity::error, pair, "an item of a list of labels is written key=value, not key: value",
           "Compose refuses the file", "- \"" + printable(pair.key) + "=" + shown_value(pair.key, value) + "\"");
      labels.insert_or_assign(pair.key, ComposeText{value, place(pair)});
    }
  }

  std::vector<std::string> read_command(const ValueTree& tree) {
    std::vector<std::string> words;
    if (tree.shape == ValueShape::list) {
      for (const ValueTree& item : tree.children) words.push_back(item.text);
      return words;
    }
    std::string word;
    char quote = '\0';
    for (const char c : tree.text) {
      if (quote == '\0' && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = '\0';
      } else if (quote == '\0' && (c == ' ' || c == '\n' || c == '\t')) {
        if (!word.empty()) words.push_back(std::exchange(word, {}));
      } else {
        word += c;
      }
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
  }

  // A list of texts, or a section's keys.
  static std::set<std::string> names_of(const ValueTree& tree) {
    std::set<std::string> names;
    for (const ValueTree& item : tree.children) names.insert(tree.shape == ValueShape::map ? item.key : item.text);
    return names;
  }

  void read_ports(const ValueTree& tree, ComposeService& service, bool published) {
    for (const ValueTree& item : tree.children) {
      std::string text = item.text;
      if (item.shape == ValueShape::map) text = short_form(item);
      const auto ports = parse_compose_port(text, published);
      if (ports.empty()) refuse(item, config::quoted(text) + " is no port", "write \"8080:80\" or \"80\"");
      service.ports.insert(ports.begin(), ports.end());
    }
  }

  static std::string short_form(const ValueTree& item) {
    const auto member = [&](std::string_view key) {
      const ValueTree* found = item.find(key);
      return found == nullptr ? std::string{} : found->text;
    };
    std::string text = member("target");
    if (!member("published").empty()) text = member("published") + ":" + text;
    if (!member("host_ip").empty()) text = member("host_ip") + ":" + (member("published").empty() ? ":" : "") + text;
    if (!member("protocol").empty()) text += "/" + member("protocol");
    return text;
  }

  void read_networks() {
    const ValueTree* networks = file_.tree.find("networks");
    if (networks == nullptr) return;
    for (const ValueTree& network : networks->children) {
      std::string& name = project_.networks[network.key];
      const ValueTree* given = network.find("name");
      const ValueTree* external = network.find("external");
      if (given != nullptr && given->shape == ValueShape::scalar) {
        name = given->text;
      } else if (external != nullptr && external->shape == ValueShape::map) {
        const ValueTree* old = external->find("name");  // the form before Compose v2
        name = old == nullptr ? network.key : old->text;
      } else if (external != nullptr && parse_bool(external->text) == true) {
        name = network.key;
      }
    }
  }

  const ComposeFile& file_;
  ComposeProject& project_;
};

void overlay(ComposeService& base, ComposeService over) {
  const auto take = [](std::string& into, std::string& from) {
    if (!from.empty()) into = std::move(from);
  };
  take(base.name, over.name);
  take(base.where, over.where);
  take(base.image, over.image);
  take(base.container_name, over.container_name);
  take(base.network_mode, over.network_mode);
  for (auto& [key, label] : over.labels) base.labels.insert_or_assign(key, std::move(label));
  for (auto& [key, label] : over.deploy_labels) base.deploy_labels.insert_or_assign(key, std::move(label));
  if (over.replicas) base.replicas = over.replicas;
  if (!over.command.empty()) base.command = std::move(over.command);
  for (auto& [name, value] : over.environment) base.environment.insert_or_assign(name, std::move(value));
  base.ports.merge(over.ports);
  base.networks.merge(over.networks);
  base.profiles.merge(over.profiles);
}

class Composer {
 public:
  explicit Composer(ComposeInput input) : input_(std::move(input)) {}

  ComposeProject compose() {
    for (ComposeFile& file : input_.files) replace_variables(file.tree, file.name, false);
    name_project();
    std::vector<Drafts> drafts;
    drafts.reserve(input_.files.size());
    for (const ComposeFile& file : input_.files) drafts.push_back(FileReader(file, project_).read());
    for (std::size_t i = 0; i < drafts.size(); ++i) {
      for (const auto& [name, draft] : drafts[i]) {
        ComposeService whole = extended(drafts, i, draft, 0);
        const auto [at, fresh] = project_.services.try_emplace(name);
        overlay(at->second, std::move(whole));
      }
    }
    for (auto& [key, name] : project_.networks) {
      if (name.empty()) name = project_.name + "_" + key;
    }
    project_.networks.try_emplace("default", project_.name + "_default");
    leave_out_profiles();
    for (const auto& [name, service] : project_.services) check_service(service);
    return std::move(project_);
  }

 private:
  void replace_variables(ValueTree& tree, const std::string& file, bool below_labels) {
    if (tree.shape == ValueShape::scalar) {
      std::vector<VariableFault> faults;
      tree.text = interpolated(tree.text, input_.variables, faults);
      for (const VariableFault& fault : faults) tell_fault(fault, tree, file, below_labels);
    }
    for (ValueTree& child : tree.children) {
      replace_variables(child, file, below_labels || tree.key == "labels");
    }
  }

  void tell_fault(const VariableFault& fault, const ValueTree& at, const std::string& file, bool label) {
    Problem problem;
    problem.where = file + ":" + std::to_string(at.line);
    problem.key = printable(at.key);
    const std::string name = printable(fault.name);
    switch (fault.kind) {
      case VariableFault::Kind::unset:
        problem.code = code::kVariableUnset;
        // Elsewhere it may well be meant; a rule or a hash loses a part.
        problem.severity = label ? Severity::warning : Severity::info;
        problem.text = "the variable " + name + " is not set";
        problem.in_force = "nothing stands in its place";
        problem.fix = "set it in the environment or in .env, write ${" + name + ":-default}, or $$" + name +
                      " where the dollar sign is meant";
        break;
      case VariableFault::Kind::required:
        problem.code = code::kVariableRequired;
        problem.text =
            "the variable " + name + " is required" + (fault.message.empty() ? "" : ": " + printable(fault.message));
        problem.in_force = "Compose does not start";
        problem.fix = "set it in the environment or in .env";
        break;
      case VariableFault::Kind::malformed:
        problem.code = code::kBadVariable;
        problem.text = config::quoted(fault.name) + " is no variable";
        problem.in_force = "Compose refuses the file";
        problem.fix = "write $$ where a dollar sign is meant";
        break;
    }
    if (std::ranges::find(project_.problems, problem) == project_.problems.end()) {
      project_.problems.push_back(std::move(problem));
    }
  }

  void name_project() {
    for (const ComposeFile& file : input_.files) {
      const ValueTree* name = file.tree.find("name");
      if (name != nullptr && name->shape == ValueShape::scalar) project_.name = compose_project_name(name->text);
    }
    if (!input_.project.empty()) project_.name = compose_project_name(input_.project);
    if (project_.name.empty()) project_.name = compose_project_name(input_.directory);
    if (project_.name.empty()) project_.name = "project";
  }

  ComposeService extended(const std::vector<Drafts>& drafts, std::size_t file, const DraftService& draft, int depth) {
    if (!draft.extends) return draft.service;
    const Extends& extends = *draft.extends;
    std::size_t in = file;
    if (!extends.file.empty()) {
      const auto base = extends.file.substr(extends.file.rfind('/') + 1);
      const auto found = std::ranges::find_if(
          input_.files, [&](const ComposeFile& each) { return each.name.substr(each.name.rfind('/') + 1) == base; });
      in = static_cast<std::size_t>(found - input_.files.begin());
    }
    const DraftService* parent = nullptr;
    if (in < drafts.size()) {
      const auto found = drafts[in].find(extends.service);
      if (found != drafts[in].end()) parent = &found->second;
    }
    if (parent == nullptr || depth == kMostExtends) {
      const std::string what = extends.file.empty()
                                   ? config::quoted(extends.service)
                                   : config::quoted(extends.service) + " of " + printable(extends.file);
      project_.problems.push_back({std::string{code::kExtends}, Severity::warning, extends.where, "extends",
                                   depth == kMostExtends ? "services extend one another in a circle"
                                                         : "the service " + what + " is not in the files given",
                                   "the service is checked without it", "give that file too"});
      return draft.service;
    }
    ComposeService whole = extended(drafts, in, *parent, depth + 1);
    whole.name.clear();
    whole.where.clear();
    overlay(whole, draft.service);
    return whole;
  }

  void leave_out_profiles() {
    if (input_.profiles.contains("*")) return;
    std::erase_if(project_.services, [&](const auto& entry) {
      const auto& profiles = entry.second.profiles;
      const bool taken = profiles.empty() || std::ranges::any_of(profiles, [&](const std::string& profile) {
                           return input_.profiles.contains(profile);
                         });
      if (!taken) project_.left_out.push_back(entry.first);
      return !taken;
    });
  }

  void check_service(const ComposeService& service) {
    const auto lost = std::ranges::find_if(
        service.deploy_labels, [](const auto& label) { return ascii_lower(label.first).starts_with("traefik."); });
    if (lost != service.deploy_labels.end()) {
      project_.problems.push_back({std::string{code::kDeployLabels}, Severity::warning, lost->second.where,
                                   printable(lost->first, kLongestLabelKey),
                                   "labels below deploy are those of a Swarm service: Compose does not put them on "
                                   "the containers of " +
                                       config::quoted(service.name),
                                   "they are not read", "move them to labels: of the service"});
    }
    if (const std::int64_t replicas = service.replicas.value_or(1); !service.container_name.empty() && replicas > 1) {
      project_.problems.push_back({std::string{code::kOneName}, Severity::error, service.where, "container_name",
                                   "service " + config::quoted(service.name) + " has a container_name and " +
                                       std::to_string(replicas) + " replicas",
                                   "Compose refuses to start more than one", "leave container_name out"});
    }
  }

  ComposeInput input_;
  ComposeProject project_;
};

}  // namespace

std::string compose_project_name(std::string_view text) {
  std::string name;
  for (const char c : ascii_lower(text)) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (kept && !(name.empty() && (c == '_' || c == '-'))) name += c;
  }
  return name;
}

ComposeProject read_compose(ComposeInput input) {
  return Composer(std::move(input)).compose();
}

}  // namespace mooring::config
