#include "proxy/config/options_change.h"

#include <algorithm>
#include <array>
#include <map>

#include "proxy/config/options_schema.h"
#include "proxy/config/options_show.h"
#include "proxy/config/printable.h"

namespace mooring::config {
namespace {

constexpr std::array<std::string_view, 7> kLive{
    "log.level",         "log.format",       "log.noColor", "accessLog.format", "accessLog.addInternals",
    "accessLog.filters", "accessLog.fields",
};

constexpr std::string_view kEntryPoints = "entryPoints.";
constexpr std::string_view kAddress = ".address";

bool is_live(std::string_view pattern) {
  return std::ranges::any_of(kLive, [&](std::string_view key) { return below(pattern, key); });
}

using Shown = std::vector<ShownOption>;
using ByKey = std::map<std::string, const ShownOption*>;

ByKey by_key(const Shown& options) {
  ByKey keys;
  for (const auto& option : options) keys.emplace(option.key, &option);
  return keys;
}

std::string value_of(const ShownOption* option) {
  return option == nullptr ? "" : masked(*option);
}

// What stands below something that is itself new or gone says nothing of its own. An entry point is told of by its
// address, a section by its switch.
class Collector {
 public:
  void add(const ShownOption* before, const ShownOption* after) {
    const ShownOption& any = before != nullptr ? *before : *after;
    const bool one_sided = before == nullptr || after == nullptr;
    const bool entry_point = any.pattern.starts_with(kEntryPoints);
    if (one_sided && (entry_point ? !any.pattern.ends_with(kAddress) : below_switched(any.key))) return;
    OptionChange change{any.key, value_of(before), value_of(after), is_live(any.pattern)};
    if (one_sided && entry_point) change.key.resize(change.key.size() - kAddress.size());
    if (!one_sided && switches(*before) && switches(*after)) switched_.push_back(any.key);
    changes.push_back(std::move(change));
  }

  std::vector<OptionChange> changes;

 private:
  static bool switches(const ShownOption& option) { return option.value == "true" || option.value == "false"; }
  bool below_switched(const std::string& key) const {
    return std::ranges::any_of(switched_, [&](const std::string& section) { return below(key, section); });
  }

  std::vector<std::string> switched_;
};

}  // namespace

std::vector<OptionChange> option_changes(const Options& before, const Options& after) {
  const Shown old_options = show_options(before);
  const Shown new_options = show_options(after);
  const ByKey old_keys = by_key(old_options);
  const ByKey new_keys = by_key(new_options);
  Collector collector;
  for (const auto& option : new_options) {
    const auto found = old_keys.find(option.key);
    const ShownOption* old = found == old_keys.end() ? nullptr : found->second;
    if (old == nullptr || old->value != option.value) collector.add(old, &option);
  }
  for (const auto& option : old_options) {
    if (!new_keys.contains(option.key)) collector.add(&option, nullptr);
  }
  return std::move(collector.changes);
}

Options take_live_changes(const Options& running, const Options& wanted) {
  Options options = running;
  options.log.level = wanted.log.level;
  options.log.json = wanted.log.json;
  options.log.no_color = wanted.log.no_color;
  if (running.access_log.enabled && wanted.access_log.enabled) {
    options.access_log.format = wanted.access_log.format;
    options.access_log.add_internals = wanted.access_log.add_internals;
    options.access_log.filters = wanted.access_log.filters;
    options.access_log.fields = wanted.access_log.fields;
  }
  return options;
}

std::string to_line(const OptionChange& change) {
  const auto shown = [](const std::string& value) { return value.empty() ? std::string{"nothing"} : printable(value); };
  return printable(change.key) + ": " + shown(change.before) + " → " + shown(change.after);
}

std::vector<std::string_view> live_option_keys() {
  return {kLive.begin(), kLive.end()};
}

}  // namespace mooring::config
