#include "proxy/cli/config_command.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "proxy/cli/exit_code.h"
#include "proxy/cli/process_options.h"
#include "proxy/cli/text_table.h"
#include "proxy/config/options_show.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::cli {
namespace {

using Json = nlohmann::ordered_json;

// What said the value: the key itself, or, of a section that was never named, the first key below it.
const config::Setting* origin_of(const config::OptionsResult& read, const std::string& key) {
  const std::string folded = config::ascii_lower(key);
  const auto exact = read.origins.find(folded);
  if (exact != read.origins.end()) return &exact->second;
  const std::string section = folded + ".";
  for (auto at = read.origins.lower_bound(section); at != read.origins.end() && at->first.starts_with(section); ++at) {
    if (!at->second.path.empty()) return &at->second;  // DOCKER_HOST names an engine, and switches nothing on
  }
  return nullptr;
}

std::string_view source_name(config::SettingSource source) {
  switch (source) {
    case config::SettingSource::flag:
      return "flag";
    case config::SettingSource::variable:
      return "variable";
    case config::SettingSource::file:
      break;
  }
  return "file";
}

std::string origin_text(const config::Setting* origin) {
  if (origin == nullptr) return "default";
  switch (origin->source) {
    case config::SettingSource::flag:
      return "flag " + origin->key;
    case config::SettingSource::variable:
      return "variable " + origin->key;
    case config::SettingSource::file:
      break;
  }
  return origin->where;
}

Json origin_json(const config::Setting* origin) {
  if (origin == nullptr) return {{"source", "default"}};
  Json object{{"source", source_name(origin->source)}};
  object[origin->from_file() ? "where" : "name"] = config::printable(origin->from_file() ? origin->where : origin->key);
  return object;
}

std::string json_text(const config::OptionsResult& read) {
  Json document;
  document["file"] = config::printable(read.options.file);
  document["options"] = Json::array();
  for (const auto& option : config::show_options(read.options)) {
    document["options"].push_back({{"key", config::printable(option.key)},
                                   {"value", config::printable(config::masked(option), option.value.size() * 4)},
                                   {"origin", origin_json(origin_of(read, option.key))}});
  }
  return document.dump(2) + "\n";
}

}  // namespace

std::string config_text(const config::OptionsResult& read, bool json) {
  if (json) return json_text(read);
  TextTable table({{.title = "OPTION"}, {.title = "VALUE"}, {.title = "ORIGIN"}});
  for (const auto& option : config::show_options(read.options)) {
    const config::Setting* origin = origin_of(read, option.key);
    table.add({{.text = option.key},
               {.text = option.value.empty() ? "-" : config::masked(option)},
               {.text = origin_text(origin), .tone = origin == nullptr ? Tone::quiet : Tone::plain}});
  }
  return table.render({});
}

int run_config_show(const ConfigShowOptions& options) {
  const config::OptionsResult read = read_process_options(options.flags);
  for (const auto& problem : read.problems) std::fprintf(stderr, "%s\n", config::to_line(problem).c_str());
  if (!read.ok()) return kExitUsage;
  std::fputs(config_text(read, options.json).c_str(), stdout);
  return kExitOk;
}

}  // namespace mooring::cli
