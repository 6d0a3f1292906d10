#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "proxy/config/access_fields.h"
#include "proxy/config/go_values.h"
#include "proxy/config/options_applier.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr std::int64_t kMostBufferedLines = 1'000'000;

AccessLogOptions& access(Applier& to) {
  return to.options().access_log;
}

void set_log_level(Applier& to, const ResolvedOption& option) {
  constexpr std::array<std::string_view, 7> kLevels{"trace", "debug", "info", "warn", "error", "fatal", "panic"};
  const auto found = to.word(option, kLevels, "TRACE, DEBUG, INFO, WARN, ERROR, FATAL or PANIC");
  if (found) to.options().log.level = static_cast<LogLevel>(*found);
}

void set_log_format(Applier& to, const ResolvedOption& option) {
  constexpr std::array<std::string_view, 2> kFormats{"common", "json"};
  const auto found = to.word(option, kFormats, "common or json");
  if (found) to.options().log.json = *found == 1;
}

// Empty is standard output, as in Traefik.
void set_file_path(Applier& to, const ResolvedOption& option, std::string& field) {
  if (Applier::value(option).find('\0') != std::string_view::npos) {
    to.bad(option, "a path");
  } else {
    to.text(option, field);
  }
}

void set_access_format(Applier& to, const ResolvedOption& option) {
  constexpr std::array<std::string_view, 3> kFormats{"common", "genericCLF", "json"};
  const auto found = to.word(option, kFormats, "common, genericCLF or json");
  if (found) access(to).format = static_cast<AccessLogFormat>(*found);
}

void set_buffering(Applier& to, const ResolvedOption& option) {
  const auto value = to.integer(option, 0, kMostBufferedLines);
  if (value) access(to).buffering_size = *value;
}

std::optional<int> status_of(std::string_view text) {
  const auto value = parse_int(trimmed(text));
  return value && *value >= 100 && *value <= 599 ? std::optional{static_cast<int>(*value)} : std::nullopt;
}

void set_status_codes(Applier& to, const ResolvedOption& option) {
  std::vector<StatusRange> ranges;
  for (const auto& item : option.setting.values) {
    const std::string_view text{item};
    const auto dash = text.find('-');
    const auto first = status_of(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : status_of(text.substr(dash + 1));
    if (first && last && *first <= *last) {
      ranges.push_back({*first, *last});
    } else {
      to.bad_item(option, item, "status codes from 100 to 599, and ranges of them", "write them as in \"300-302\"");
    }
  }
  access(to).filters.status_codes = std::move(ranges);
}

std::optional<FieldMode> mode_of(std::string_view text) {
  constexpr std::array<std::string_view, 3> kModes{"keep", "drop", "redact"};
  const auto found = std::ranges::find_if(kModes, [&](std::string_view mode) { return equal_fold(mode, text); });
  if (found == kModes.end()) return std::nullopt;
  return static_cast<FieldMode>(found - kModes.begin());
}

void set_mode(Applier& to, const ResolvedOption& option, FieldMode& field) {
  const auto mode = mode_of(Applier::value(option));
  if (mode) {
    field = *mode;
  } else {
    to.bad(option, "keep, drop or redact");
  }
}

// The last element of the path is the field's or the header's name.
void set_named_mode(Applier& to, const ResolvedOption& option, std::map<std::string, FieldMode>& modes, bool header) {
  if (option.setting.path.empty() || option.setting.shape != SettingShape::scalar) {
    to.bad(option, "names with keep, drop or redact each below it");
    return;
  }
  const auto mode = mode_of(Applier::value(option));
  if (!mode) {
    to.bad(option, "keep, drop or redact");
    return;
  }
  const std::string& name = option.setting.path.back();
  if (header) {
    modes[ascii_lower(name)] = *mode;
    return;
  }
  const auto known = access_field(name);
  if (!known.empty()) {
    modes[std::string{known}] = *mode;
    return;
  }
  const auto near = nearest(name, access_fields());
  Problem problem =
      option_warning(option_code::kBadValue, option.setting,
                     "there is no field " + config::quoted(name) + " in the access log", "it has no effect");
  problem.fix = near.empty() ? "" : "did you mean " + config::quoted(near) + "?";
  to.problems.push_back(std::move(problem));
}

constexpr std::array kLogFields{
    OptionField{"log", [](Applier& to, const ResolvedOption& o) { switch_section(to, o, to.options().log); }},
    OptionField{"log.level", set_log_level},
    OptionField{"log.format", set_log_format},
    OptionField{"log.noColor", [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.options().log.no_color); }},
    OptionField{"log.filePath",
                [](Applier& to, const ResolvedOption& o) { set_file_path(to, o, to.options().log.file_path); }},
    OptionField{"accessLog", [](Applier& to, const ResolvedOption& o) { switch_section(to, o, access(to)); }},
    OptionField{"accessLog.format", set_access_format},
    OptionField{"accessLog.filePath",
                [](Applier& to, const ResolvedOption& o) { set_file_path(to, o, access(to).file_path); }},
    OptionField{"accessLog.bufferingSize", set_buffering},
    OptionField{"accessLog.addInternals",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, access(to).add_internals); }},
    OptionField{"accessLog.filters.statusCodes", set_status_codes},
    OptionField{"accessLog.filters.retryAttempts",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, access(to).filters.retry_attempts); }},
    OptionField{"accessLog.filters.minDuration",
                [](Applier& to, const ResolvedOption& o) { to.duration(o, access(to).filters.min_duration); }},
    OptionField{"accessLog.fields.defaultMode",
                [](Applier& to, const ResolvedOption& o) { set_mode(to, o, access(to).fields.default_mode); }},
    OptionField{"accessLog.fields.names",
                [](Applier& to, const ResolvedOption& o) { set_named_mode(to, o, access(to).fields.names, false); }},
    OptionField{"accessLog.fields.headers.defaultMode",
                [](Applier& to, const ResolvedOption& o) { set_mode(to, o, access(to).fields.headers_mode); }},
    OptionField{"accessLog.fields.headers.names",
                [](Applier& to, const ResolvedOption& o) { set_named_mode(to, o, access(to).fields.headers, true); }},
    OptionField{"accessLog.fields.queryParameters.defaultMode",
                [](Applier& to, const ResolvedOption& o) { set_mode(to, o, access(to).fields.query_mode); }},
};

}  // namespace

std::span<const OptionField> log_fields() {
  return kLogFields;
}

}  // namespace mooring::config
