#include "proxy/config/options_file_provider.h"

#include <utility>

#include "proxy/config/printable.h"

namespace mooring::config {
namespace {

constexpr std::string_view kFound = "dynamic_conf";

void find_directory(const std::string& file, const Environment& environment, OptionsDraft& draft, Problems& problems) {
  if (file.empty() || !environment.is_directory) return;
  const auto slash = file.rfind('/');
  const std::string directory = (slash == std::string::npos ? "" : file.substr(0, slash + 1)) + std::string{kFound};
  if (!environment.is_directory(directory)) return;
  auto& options = draft.options.file_provider;
  options.enabled = true;
  options.directory = directory;
  Setting at;
  at.where = printable(file);
  at.key = "providers.file.directory";
  Setting origin = at;
  origin.path = {"providers", "file", "directory"};
  origin.where = "found beside " + at.where;
  draft.origins.insert_or_assign("providers.file.directory", std::move(origin));
  Problem problem = option_warning(option_code::kFoundDirectory, at,
                                   "no provider is configured, and there is " + config::quoted(directory),
                                   "its files are read, beside Docker's labels");
  problem.severity = Severity::info;
  problem.fix = "say so: providers: {docker: {}, file: {directory: " + config::quoted(directory) + "}}";
  problems.push_back(std::move(problem));
}

}  // namespace

void settle_file_provider(bool any_provider, const std::string& file, const Environment& environment,
                          OptionsDraft& draft, Problems& problems) {
  const auto& options = draft.options.file_provider;
  if (!any_provider) find_directory(file, environment, draft, problems);
  if (!options.enabled || options.filename.empty() != options.directory.empty()) return;
  Setting at = draft.file_place.value_or(Setting{});
  if (at.from_file()) at.key = "providers.file";
  const bool both = !options.filename.empty();
  problems.push_back(option_error(
      option_code::kBadValue, at,
      both ? "the file provider reads one file or one directory, not both" : "the file provider has nothing to read",
      both ? "keep one of filename and directory" : "write providers.file.filename or providers.file.directory"));
}

}  // namespace mooring::config
