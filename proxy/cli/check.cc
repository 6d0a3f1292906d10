#include "proxy/cli/check.h"

#include <algorithm>
#include <filesystem>
#include <list>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "providers/docker/fragment_builder.h"
#include "providers/docker/names.h"
#include "proxy/cli/check_containers.h"
#include "proxy/cli/check_dynamic.h"
#include "proxy/cli/check_kind.h"
#include "proxy/cli/check_places.h"
#include "proxy/cli/check_running.h"
#include "proxy/cli/check_table.h"
#include "proxy/config/compose.h"
#include "proxy/config/dynamic_file.h"
#include "proxy/config/options_reader.h"
#include "proxy/config/options_setting.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"

namespace mooring::cli {
namespace {

using config::Problem;
using config::Severity;

struct Read {
  const CheckSource* source;
  config::ValueTree tree;
  FileKind kind;
};

// A static configuration that is not on this machine's disk but in the texts to check.
config::Environment environment_with(const CheckSource* file, const std::map<std::string, std::string>& variables) {
  config::Environment environment;
  environment.read_file = [file](const std::string& path,
                                 std::size_t) -> std::expected<std::string, config::ReadFailure> {
    if (file != nullptr && path == file->name) return file->text;
    return std::unexpected(config::ReadFailure{true, "it is not among the files to check"});
  };
  environment.variable = [variables](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::optional<std::string>{} : found->second;
  };
  environment.variable_names = [variables] {
    std::vector<std::string> names;
    names.reserve(variables.size());
    for (const auto& [name, value] : variables) names.push_back(name);
    return names;
  };
  return environment;
}

bool is_entry_point_flag(const std::string& flag) {
  return config::ascii_lower(flag).starts_with("--entrypoints");
}

bool names_config_file(const std::pair<const std::string, std::string>& variable) {
  return config::ascii_lower(variable.first).ends_with("_configfile");
}

bool is_entry_point_variable(const std::pair<const std::string, std::string>& variable) {
  return config::ascii_lower(variable.first).contains("_entrypoints");
}

class Check {
 public:
  explicit Check(const CheckInput& input) : input_(input) {}

  CheckResult run() {
    result_.files = input_.sources.size();
    for (const CheckSource& source : input_.sources) read(source);
    read_compose_files();
    read_static();
    build_fragments();
    check_table();
    compare_inspected();
    finish();
    return std::move(result_);
  }

 private:
  void add(Finding finding) { result_.findings.push_back(std::move(finding)); }

  void read(const CheckSource& source) {
    const auto format = config::text_format(source.name).value_or(config::TextFormat::yaml);
    config::TreeLimits limits;
    limits.values = config::most_values(source.text);  // what Mooring reads, its check reads
    limits.fold_case = false;
    auto reading = config::read_tree(format, source.text, config::printable(source.name), limits);
    const FileKind kind = reading.problems.empty() ? kind_of(reading.tree) : kind_despite(source, reading.tree);
    if (kind == FileKind::unknown && reading.problems.empty()) {
      Problem problem;
      problem.code = config::code::kUnknownFile;
      problem.text = "by its first keys this is neither a static configuration, a dynamic one, nor a compose file";
      problem.in_force = "the file is not checked";
      add({source.name, 1, std::move(problem)});
    }
    // The readers of static options and of dynamic files say what is broken in their own words.
    if (kind != FileKind::options && kind != FileKind::dynamic) {
      for (const Problem& problem : reading.problems) add(at_own_place(problem));
    }
    files_.push_back({&source, std::move(reading.tree), kind});
  }

  // Broken text has no tree: then the name says what it was meant to be.
  static FileKind kind_despite(const CheckSource& source, const config::ValueTree& tree) {
    if (tree.shape != config::ValueShape::empty) return kind_of(tree);
    const std::string name = source.name.substr(source.name.rfind('/') + 1);
    return name.starts_with("traefik.") || name.starts_with("mooring.") ? FileKind::options : FileKind::unknown;
  }

  // The files of one folder are one project, of which later ones override; those of another folder are another one.
  void read_compose_files() {
    std::vector<std::pair<std::filesystem::path, config::ComposeInput>> projects;
    for (Read& file : files_) {
      if (file.kind != FileKind::compose) continue;
      const auto folder = std::filesystem::path(file.source->name).parent_path();
      auto found = std::ranges::find(projects, folder, [](const auto& each) { return each.first; });
      if (found == projects.end()) found = projects.insert(found, {folder, {}});
      found->second.files.push_back({file.source->name, std::move(file.tree)});
    }
    for (auto& [folder, input] : projects) {
      input.variables = input_.variables;
      if (projects.size() == 1) input.project = input_.project;
      input.directory = folder.lexically_normal().filename().string();
      if (input.directory.empty() || input.directory == ".") input.directory = input_.directory;
      input.profiles = input_.profiles;
      add_project(config::read_compose(std::move(input)));
    }
  }

  void add_project(config::ComposeProject read) {
    const config::ComposeProject& project = projects_.emplace_back(std::move(read));
    for (const Problem& problem : project.problems) add(at_own_place(problem));
    result_.left_out.insert(result_.left_out.end(), project.left_out.begin(), project.left_out.end());
    for (PlannedContainer& each : plan_containers(project)) {
      places_.add(docker::label_for_people(each.container), *each.service);
      planned_.push_back(std::move(each));
    }
  }

  // From the file, and from the flags of the compose file's proxy.
  void read_static() {
    const auto file = std::ranges::find(files_, FileKind::options, &Read::kind);
    std::vector<std::string> flags;
    const config::ComposeService* proxy = nullptr;
    for (const PlannedContainer& each : planned_) {
      if (!each.proxy || proxy != nullptr) continue;
      proxy = each.service;
      // What stands before the first flag is the program, or a shell with its own; behind one it may be its value.
      flags.assign(std::ranges::find_if(proxy->command, [](const std::string& word) { return word.starts_with("--"); }),
                   proxy->command.end());
    }
    const CheckSource* source = file == files_.end() ? nullptr : file->source;
    // A file that only the container sees is not here; what it says is not known.
    const auto named = std::ranges::find_if(
        flags, [](const std::string& flag) { return config::ascii_lower(flag).starts_with("--configfile"); });
    if (named != flags.end()) {
      const bool has_value =
          !named->contains('=') && std::next(named) != flags.end() && !std::next(named)->starts_with('-');
      flags.erase(named, std::next(named, has_value ? 2 : 1));
    }
    std::map<std::string, std::string> variables;
    if (proxy != nullptr) variables = proxy->environment;
    std::erase_if(variables, names_config_file);  // as with the flag
    entry_points_known_ = source != nullptr || std::ranges::any_of(flags, is_entry_point_flag) ||
                          std::ranges::any_of(variables, is_entry_point_variable);
    const std::vector<std::string> of_command = flags;
    if (source != nullptr) flags.push_back("--configFile=" + source->name);
    auto read = config::read_options(flags, environment_with(source, variables));
    options_ = std::move(read.options);
    for (const Problem& problem : read.problems) {
      // A hint that something harmless is not done is for the proxy's log: there is nothing to mend in the file.
      if (problem.code == config::option_code::kNotDone && problem.severity == Severity::info) continue;
      Finding finding = at_own_place(problem);
      const bool flag = finding.file.empty() && proxy != nullptr && !(of_command.empty() && variables.empty());
      if (flag) finding = at_place(proxy->where, problem);
      if (finding.file.empty() && source != nullptr) finding.file = source->name;
      // Without a file and without flags there is nothing to be wrong.
      if (flag || source != nullptr) {
        finding.problem.where.clear();
        add(std::move(finding));
      }
    }
  }

  void build_fragments() {
    const docker::FragmentBuilder builder(options_.docker);
    docker::Surroundings around;
    around.own = own_container(planned_);
    around.network = options_.docker.network;
    around.use_bind_port_ip = options_.docker.use_bind_port_ip;
    around.find = [this](std::string_view id) -> const docker::Container* {
      const auto found = std::ranges::find_if(planned_, [&](const auto& each) { return each.container.id == id; });
      return found == planned_.end() ? nullptr : &found->container;
    };
    for (const PlannedContainer& each : planned_) {
      auto built = builder.build(each.container, around).fragment;
      if (built == nullptr) continue;
      auto fragment = std::make_shared<config::Fragment>(*built);
      if (each.proxy) keep_internal(*fragment);
      soften_ports(*fragment, *each.service);
      fragments_.push_back(std::move(fragment));
    }
    for (const Read& file : files_) {
      if (file.kind == FileKind::dynamic) add_dynamic(file);
    }
    for (Problem problem : builder.problems()) add(places_.place(std::move(problem)));
  }

  // As the file provider reads it, what it refuses as a whole included.
  void add_dynamic(const Read& file) {
    config::DynamicFile dynamic =
        config::read_dynamic_file(file.source->text, file.source->name, "nothing of the file is in force");
    for (Problem& problem : dynamic.problems) add(places_.place(std::move(problem)));
    if (!dynamic.fragment) return;
    config::ComposeService& lines = dynamic_lines_.emplace_back();
    lines.where = file.source->name + ":1";
    for (const auto& [key, line] : dynamic_lines(file.tree)) {
      lines.labels.emplace(key, config::ComposeText{{}, file.source->name + ":" + std::to_string(line)});
    }
    places_.add(file.source->name, lines);
    fragments_.push_back(std::make_shared<const config::Fragment>(std::move(*dynamic.fragment)));
  }

  // The proxy never publishes itself: of its own labels what leads to internal services stays, and middlewares.
  static void keep_internal(config::Fragment& fragment) {
    fragment.services.clear();
    std::erase_if(fragment.routers, [](const auto& entry) { return !entry.second.service.ends_with("@internal"); });
    std::erase_if(fragment.problems, [](const Problem& problem) {
      const std::string_view code = problem.code;
      return code.size() == 4 && code.starts_with('L') && (code[2] == '2' || code[2] == '3');
    });
  }

  // Whether the image exposes a port is not known here; nor is a service meant to be reached that nobody labelled.
  static void soften_ports(config::Fragment& fragment, const config::ComposeService& service) {
    const bool labelled = std::ranges::any_of(
        service.labels, [](const auto& label) { return config::ascii_lower(label.first).starts_with("traefik"); });
    if (!labelled) fragment.problems.clear();
    for (Problem& problem : fragment.problems) {
      if (problem.code != config::code::kNoPort) continue;
      problem.severity = Severity::info;
      problem.text = "the file does not say the port; the image's EXPOSE decides";
      problem.in_force = "the lowest port that the image exposes is used; where it exposes none, its routes answer 503";
    }
  }

  void check_table() {
    if (!entry_points_known_) assume_entry_points(fragments_, options_);
    for (Problem& problem : table_problems(fragments_, options_)) {
      if (!is_elsewhere(problem)) add(places_.place(std::move(problem)));
    }
  }

  // What a file of the file provider defines is not known when that file is not given.
  bool is_elsewhere(const Problem& problem) const {
    const bool reference =
        problem.code == config::code::kUnknownMiddleware || problem.code == config::code::kUnknownService;
    const bool given = std::ranges::any_of(files_, [](const Read& file) { return file.kind == FileKind::dynamic; });
    return reference && !given && problem.text.find("@file\"") != std::string::npos;
  }

  void compare_inspected() {
    for (const Read& file : files_) {
      if (file.kind != FileKind::inspected) continue;
      const auto containers = read_inspected(file.source->text);
      if (!containers) {
        Problem problem;
        problem.code = config::code::kUnknownFile;
        problem.text = "this is not what docker inspect prints: " + containers.error();
        problem.in_force = "the file is not checked";
        add({file.source->name, 1, std::move(problem)});
        continue;
      }
      for (Problem& problem : compare_running(*containers, projects_)) {
        Finding finding = places_.place(std::move(problem));
        if (finding.file.empty()) finding.file = file.source->name;
        add(std::move(finding));
      }
    }
  }

  // By place; replicas say the same thing once.
  void finish() {
    auto& findings = result_.findings;
    findings.insert(findings.end(), input_.not_read.begin(), input_.not_read.end());
    const auto key = [](const Finding& one) {
      return std::tie(one.file, one.line, one.problem.code, one.problem.key, one.problem.text, one.problem.where);
    };
    std::ranges::sort(findings, {}, key);
    const auto same = std::ranges::unique(findings, [](const Finding& a, const Finding& b) {
      return a.file == b.file && a.line == b.line && a.problem.code == b.problem.code &&
             a.problem.key == b.problem.key && a.problem.text == b.problem.text;
    });
    findings.erase(same.begin(), same.end());
  }

  const CheckInput& input_;
  CheckResult result_;
  std::vector<Read> files_;
  std::list<config::ComposeProject> projects_;       // what is planned refers to their services
  std::list<config::ComposeService> dynamic_lines_;  // keys of dynamic files as if they were labels, for their lines
  std::vector<PlannedContainer> planned_;
  config::Options options_;
  bool entry_points_known_ = false;
  std::vector<config::FragmentPtr> fragments_;
  Places places_;
};

}  // namespace

std::size_t CheckResult::count(Severity severity) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(findings, [&](const Finding& one) { return one.problem.severity == severity; }));
}

CheckResult check(const CheckInput& input) {
  return Check(input).run();
}

}  // namespace mooring::cli
