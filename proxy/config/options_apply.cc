#include "proxy/config/options_apply.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "proxy/config/options_applier.h"
#include "proxy/config/options_schema.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr std::int64_t kMostWorkers = 1024;
constexpr std::int64_t kMostIdleConnections = 1'000'000;
constexpr std::size_t kShortestKey = 16;
constexpr std::size_t kLongestKey = 1024;
constexpr std::size_t kLongestSocketPath = 107;  // sockaddr_un

void set_workers(Applier& to, const ResolvedOption& option) {
  const auto value = to.integer(option, 0, kMostWorkers);
  if (value) to.options().workers = static_cast<int>(*value);
}

void set_control_socket(Applier& to, const ResolvedOption& option) {
  const auto value = Applier::value(option);
  const bool usable =
      value.starts_with('/') && value.size() <= kLongestSocketPath && value.find('\0') == std::string_view::npos;
  if (usable) {
    to.options().control_socket = value;
  } else {
    to.bad(option, "an absolute path of at most 107 bytes");
  }
}

void set_sticky_key(Applier& to, const ResolvedOption& option) {
  const auto value = Applier::value(option);
  if (value.size() >= kShortestKey && value.size() <= kLongestKey) {
    to.options().sticky_key = value;
  } else {
    to.bad_secret(option, "a secret of 16 to 1024 bytes");
  }
}

// Said or not, Traefik's default is true; who says it shall hear that there is none yet.
void set_dashboard(Applier& to, const ResolvedOption& option) {
  if (!to.boolean(option, to.options().api.dashboard) || !to.options().api.dashboard) return;
  Problem problem = option_warning(option_code::kNotDone, option.setting,
                                   "known to Traefik, but not done yet in Mooring", "the API answers, as JSON");
  problem.severity = Severity::info;
  to.problems.push_back(std::move(problem));
}

// "/", or "/a/b" without a slash at its end.
void set_base_path(Applier& to, const ResolvedOption& option) {
  std::string path{Applier::value(option)};
  const bool printable_path = std::ranges::all_of(path, [](char c) { return c > ' ' && c < '\x7F'; });
  if (!path.starts_with('/') || !printable_path || path.find_first_of("?#%") != std::string::npos ||
      path.find("//") != std::string::npos) {
    to.bad(option, "a path that begins with \"/\", without blanks, \"?\", \"#\", \"%\" and empty parts",
           path.starts_with('/') || path.empty() ? "" : "write \"/" + path + "\"");
    return;
  }
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  to.options().api.base_path = std::move(path);
}

void set_terminating_status(Applier& to, const ResolvedOption& option) {
  const auto value = to.integer(option, 200, 599);
  if (value) to.options().ping.terminating_status_code = static_cast<int>(*value);
}

void set_max_idle(Applier& to, const ResolvedOption& option) {
  // Negative means that no connection is kept, as in Go.
  const auto value = to.integer(option, -1, kMostIdleConnections);
  if (value) to.options().max_idle_conns_per_host = *value;
}

void set_rule_syntax(Applier& to, const ResolvedOption& option) {
  constexpr std::array<std::string_view, 2> kWords{"v2", "v3"};
  const auto found = to.word(option, kWords, "v2 or v3");
  if (found) to.options().default_rule_syntax = *found == 0 ? RuleSyntax::v2 : RuleSyntax::v3;
}

constexpr std::array kFields{
    OptionField{"workers", set_workers},
    OptionField{"controlSocket", set_control_socket},
    OptionField{"sticky.key", set_sticky_key},
    OptionField{"api", [](Applier& to, const ResolvedOption& o) { switch_section(to, o, to.options().api); }},
    OptionField{"api.insecure", [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.options().api.insecure); }},
    OptionField{"api.dashboard", set_dashboard},
    OptionField{"api.basePath", set_base_path},
    OptionField{"ping", [](Applier& to, const ResolvedOption& o) { switch_section(to, o, to.options().ping); }},
    OptionField{"ping.entryPoint",
                [](Applier& to, const ResolvedOption& o) {
                  to.text(o, to.options().ping.entry_point);
                  to.draft.ping_entry_point = o.setting;
                }},
    OptionField{"ping.manualRouting",
                [](Applier& to, const ResolvedOption& o) { to.boolean(o, to.options().ping.manual_routing); }},
    OptionField{"ping.terminatingStatusCode", set_terminating_status},
    OptionField{"core.defaultRuleSyntax", set_rule_syntax},
    OptionField{"serversTransport.maxIdleConnsPerHost", set_max_idle},
    OptionField{"serversTransport.forwardingTimeouts.dialTimeout",
                [](Applier& to, const ResolvedOption& o) { to.duration(o, to.options().forwarding_timeouts.dial); }},
    OptionField{
        "serversTransport.forwardingTimeouts.responseHeaderTimeout",
        [](Applier& to, const ResolvedOption& o) { to.duration(o, to.options().forwarding_timeouts.response_header); }},
    OptionField{
        "serversTransport.forwardingTimeouts.idleConnTimeout",
        [](Applier& to, const ResolvedOption& o) { to.duration(o, to.options().forwarding_timeouts.idle_connection); }},
};

// Any key of a section switches it on.
void switch_on(std::string_view pattern, OptionsDraft& draft) {
  if (below(pattern, "api")) draft.options.api.enabled = true;
  if (below(pattern, "ping")) draft.options.ping.enabled = true;
  if (below(pattern, "accessLog")) draft.options.access_log.enabled = true;
  if (below(pattern, "providers.docker")) draft.options.docker.enabled = true;
  if (below(pattern, "providers.file")) draft.options.file_provider.enabled = true;
}

template <typename Take>
void each_field(const Take& take) {
  for (const auto& field : process_fields()) take(field);
  for (const auto& field : entry_point_fields()) take(field);
  for (const auto& field : provider_fields()) take(field);
  for (const auto& field : log_fields()) take(field);
}

const OptionField* field_of(std::string_view pattern) {
  const OptionField* found = nullptr;
  each_field([&](const OptionField& field) {
    if (field.key == pattern) found = &field;
  });
  return found;
}

// Where the value that is now in the draft comes from. A section that is switched off takes along what stood below it.
void note_origin(const ResolvedOption& option, OptionsDraft& draft) {
  const std::string key = ascii_lower(option.key);
  const bool off = option.node->kind == OptionKind::toggle && option.setting.shape == SettingShape::scalar &&
                   !option.setting.values.empty() && equal_fold(option.setting.values.front(), "false");
  if (off) std::erase_if(draft.origins, [&](const auto& one) { return below(one.first, key); });
  draft.origins.insert_or_assign(key, option.setting);
}

}  // namespace

std::span<const OptionField> process_fields() {
  return kFields;
}

void apply_options(const std::vector<ResolvedOption>& options, OptionsDraft& draft, Problems& problems) {
  Applier applier(draft, problems);
  for (const auto& option : options) {
    if (option.node->status == OptionStatus::guarded) {
      applier.entry_point_draft(option).closed = true;
      continue;
    }
    switch_on(option.node->pattern, draft);
    if (const OptionField* field = field_of(option.node->pattern); field != nullptr) {
      field->set(applier, option);
      note_origin(option, draft);
    }
    if (below(option.node->pattern, "providers.docker")) draft.docker = draft.options.docker.enabled;
  }
}

std::vector<std::string_view> applied_keys() {
  std::vector<std::string_view> keys;
  each_field([&](const OptionField& field) { keys.push_back(field.key); });
  return keys;
}

}  // namespace mooring::config
