#include "proxy/cli/check_command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "providers/file/listing.h"
#include "proxy/cli/exit_code.h"
#include "proxy/config/go_values.h"
#include "proxy/config/options_environment.h"
#include "proxy/config/printable.h"

namespace mooring::cli {
namespace {

constexpr std::size_t kMaxBytes = 16 * 1024 * 1024;  // `docker inspect` of some hundred containers

// Of each row the first that is there; a compose file's override is read with it, as Compose does.
constexpr std::string_view kOptionFiles[] = {"mooring.toml", "mooring.yaml", "mooring.yml",
                                             "traefik.toml", "traefik.yaml", "traefik.yml"};
constexpr std::string_view kComposeFiles[] = {"compose.yaml", "compose.yml", "docker-compose.yml",
                                              "docker-compose.yaml"};
constexpr std::string_view kOverrides[] = {"compose.override.yaml", "compose.override.yml",
                                           "docker-compose.override.yml", "docker-compose.override.yaml"};
constexpr std::string_view kDynamicFolder = "dynamic_conf";

bool is_file(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

void add_first(std::vector<std::string>& files, const auto& names) {
  const auto found = std::ranges::find_if(names, [](std::string_view name) { return is_file(name); });
  if (found != std::end(names)) files.emplace_back(*found);
}

// The files to check, and why some that were asked for are not among them.
struct Files {
  std::vector<std::string> names;
  std::vector<Finding> problems;

  // What the file provider would read of a folder.
  void add_folder(const std::string& folder) {
    config::FileOptions options;
    options.directory = folder;
    file::Listing listing = file::list_files(options);
    for (const auto& [name, found] : listing.files) names.push_back(found.path);
    const std::string below = folder.ends_with('/') ? folder : folder + "/";
    for (config::Problem& problem : listing.problems) {
      // Some say the whole path, some what stands below the folder.
      if (problem.where != folder && !problem.where.starts_with(below)) problem.where = below + problem.where;
      problem.in_force = "what is in it is not checked";
      Finding finding{.file = std::exchange(problem.where, {}), .line = 0, .problem = std::move(problem)};
      problems.push_back(std::move(finding));
    }
  }
};

// Dynamic files beside the static one, as the proxy reads them when no provider is configured.
void add_dynamic(Files& files) {
  std::error_code error;
  if (std::filesystem::is_directory(kDynamicFolder, error)) files.add_folder(std::string{kDynamicFolder});
}

Files usual_files() {
  Files files;
  add_first(files.names, kOptionFiles);
  add_dynamic(files);
  const std::size_t before = files.names.size();
  add_first(files.names, kComposeFiles);
  if (files.names.size() > before) add_first(files.names, kOverrides);
  return files;
}

// A folder is all its files: what the file provider does with one.
Files expanded(const std::vector<std::string>& named) {
  Files files;
  for (const std::string& name : named) {
    std::error_code error;
    if (std::filesystem::is_directory(name, error)) {
      files.add_folder(name);
    } else {
      files.names.push_back(name);
    }
  }
  return files;
}

std::filesystem::path folder_of(const CheckInput& input) {
  for (const CheckSource& source : input.sources) {
    const std::string name = std::filesystem::path(source.name).filename();
    if (name.find("compose") != std::string::npos) return std::filesystem::absolute(source.name).parent_path();
  }
  if (input.sources.empty()) return std::filesystem::current_path();
  return std::filesystem::absolute(input.sources.front().name).parent_path();
}

void add_surroundings(CheckInput& input, const config::Environment& environment) {
  const std::filesystem::path folder = folder_of(input);
  input.directory = folder.lexically_normal().filename();
  std::map<std::string, std::string> file;
  if (const auto text = environment.read_file(folder / ".env", kMaxBytes)) {
    file = config::read_env_file(*text, environment.variable);
  }
  input.variables = [file, outer = environment.variable](const std::string& name) -> std::optional<std::string> {
    if (auto value = outer(name)) return value;
    const auto found = file.find(name);
    return found == file.end() ? std::nullopt : std::optional{found->second};
  };
  if (input.project.empty()) input.project = input.variables("COMPOSE_PROJECT_NAME").value_or("");
  if (const auto profiles = input.variables("COMPOSE_PROFILES"); profiles && input.profiles.empty()) {
    for (std::string& profile : config::split_list(*profiles)) input.profiles.insert(std::move(profile));
  }
}

int usage(const std::string& text) {
  std::fprintf(stderr, "mooring check: %s\n", text.c_str());
  return kExitUsage;
}

}  // namespace

int run_check(const CheckOptions& options) {
  const Files files = options.files.empty() ? usual_files() : expanded(options.files);
  if (files.names.empty() && files.problems.empty()) {
    return usage("there is no traefik.yml, mooring.yml, compose.yaml or docker-compose.yml here; name the files");
  }
  const config::Environment environment = config::system_environment();
  CheckInput input;
  for (const std::string& file : files.names) {
    auto text = environment.read_file(file, kMaxBytes);
    if (!text) return usage(config::quoted(file) + " cannot be read: " + text.error().text);
    input.sources.push_back({file, *std::move(text)});
  }
  input.not_read = files.problems;
  input.project = options.project;
  input.profiles.insert(options.profiles.begin(), options.profiles.end());
  add_surroundings(input, environment);
  const CheckResult result = check(input);
  std::fputs(check_report(result, options.format).c_str(), stdout);
  const bool failed = result.count(config::Severity::error) != 0 || (options.strict && !result.findings.empty());
  return failed ? kExitFindings : kExitOk;
}

}  // namespace mooring::cli
