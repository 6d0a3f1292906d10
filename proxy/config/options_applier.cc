#include "proxy/config/options_applier.h"

#include <algorithm>
#include <utility>

#include "proxy/config/go_values.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {

EntryPointDraft& Applier::entry_point_draft(const ResolvedOption& option) {
  const auto& name = option.names.front();
  auto [entry, fresh] = draft.entry_points.try_emplace(ascii_lower(name));
  if (fresh) {
    entry->second.options.name = name;
    entry->second.first = option.setting;
  }
  return entry->second;
}

void Applier::bad(const ResolvedOption& option, std::string_view expected, std::string fix) {
  bad_item(option, value(option), expected, std::move(fix));
}

void Applier::bad_secret(const ResolvedOption& option, std::string_view expected) {
  problems.push_back(option_error(option_code::kBadValue, option.setting, "expected " + std::string{expected}));
}

void Applier::bad_item(const ResolvedOption& option, std::string_view item, std::string_view expected,
                       std::string fix) {
  problems.push_back(option_error(option_code::kBadValue, option.setting,
                                  "expected " + std::string{expected} + ", not " + config::quoted(item),
                                  std::move(fix)));
}

// False when the value is no boolean. A flag or section without a value means true.
bool Applier::boolean(const ResolvedOption& option, bool& field) {
  const auto parsed = option.setting.shape == SettingShape::section ? std::optional{true} : parse_bool(value(option));
  if (!parsed) {
    bad(option, "true or false");
    return false;
  }
  field = *parsed;
  return true;
}

void Applier::texts(const ResolvedOption& option, std::vector<std::string>& field, std::string_view expected) {
  std::vector<std::string> items;
  for (const auto& item : option.setting.values) {
    const auto text = trimmed(item);
    if (text.empty()) {
      bad_item(option, item, expected);
    } else {
      items.emplace_back(text);
    }
  }
  field = std::move(items);
}

void Applier::networks(const ResolvedOption& option, std::vector<IpNetwork>& field) {
  std::vector<IpNetwork> items;
  for (const auto& item : option.setting.values) {
    const auto network = IpNetwork::parse(trimmed(item));
    if (network) {
      items.push_back(*network);
    } else {
      bad_item(option, item, "IP addresses and networks", "write them as in \"10.0.0.0/8\"");
    }
  }
  field = std::move(items);
}

std::optional<std::int64_t> Applier::integer(const ResolvedOption& option, std::int64_t least, std::int64_t most) {
  const auto parsed = parse_int(value(option));
  if (parsed && *parsed >= least && *parsed <= most) return parsed;
  bad(option, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> Applier::duration(const ResolvedOption& option) {
  const auto parsed = parse_duration(value(option));
  if (!parsed || parsed->count() < 0) {
    bad(option, "a duration of zero or more: seconds, or as in \"1m30s\"");
    return std::nullopt;
  }
  // Rounded up, so that "10us" never becomes 0, which means "no limit".
  return std::chrono::ceil<std::chrono::milliseconds>(*parsed);
}

std::optional<std::size_t> Applier::word(const ResolvedOption& option, std::span<const std::string_view> words,
                                         std::string_view expected) {
  const auto found = std::ranges::find_if(words, [&](std::string_view one) { return equal_fold(one, value(option)); });
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const auto near = nearest(value(option), words);
  bad(option, expected, near.empty() ? "" : "did you mean " + config::quoted(near) + "?");
  return std::nullopt;
}

}  // namespace mooring::config
