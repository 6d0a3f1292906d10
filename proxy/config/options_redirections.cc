#include "proxy/config/options_redirections.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

Problem bad_target(const EntryPointDraft& entry, std::string text, std::string fix) {
  return option_error(option_code::kBadValue, entry.redirection.value_or(entry.first), std::move(text), std::move(fix));
}

Problem unknown_target(const EntryPointDraft& entry, const std::string& to, const OptionsDraft& draft) {
  std::vector<std::string> names;
  names.reserve(draft.entry_points.size());
  for (const auto& [folded, other] : draft.entry_points) names.push_back(other.options.name);
  const auto near = nearest(to, names);
  return bad_target(entry, "there is no entry point " + config::quoted(to) + " to send requests to",
                    near.empty() ? "name one, or a port as in \":443\"" : "did you mean " + config::quoted(near) + "?");
}

// The target's name as it is spelled, or its port where it stays closed. A Problem where it cannot be.
void settle_target(const EntryPointDraft& entry, std::string to, OptionsDraft& draft, Problems& problems) {
  const auto open = draft.options.entry_points.find(entry.options.name);
  if (to.empty()) {
    problems.push_back(bad_target(entry, "a redirection without a target",
                                  "write http.redirections.entryPoint.to: the name of an entry point, or \":443\""));
    return;
  }
  if (!to.starts_with(':')) {
    const auto target = draft.entry_points.find(ascii_lower(to));
    if (target == draft.entry_points.end()) {
      if (!draft.options.entry_points.contains(to)) problems.push_back(unknown_target(entry, to, draft));
      return;
    }
    if (target->second.udp) {
      problems.push_back(bad_target(entry, config::quoted(to) + " is an entry point for UDP", ""));
      return;
    }
    const auto& options = target->second.options;
    to = draft.options.entry_points.contains(options.name) ? options.name : ":" + std::to_string(options.port);
  }
  if (open == draft.options.entry_points.end()) return;
  if (auto& redirection = open->second.redirection) redirection->to = std::move(to);
}

bool listens_on(const EntryPointOptions& entry, std::string_view port) {
  const auto is = [&](std::uint16_t one) { return one != 0 && std::to_string(one) == port; };
  return is(entry.port) || std::ranges::any_of(entry.more_addresses, is, &ListenAddress::port);
}

// The entry point that a redirected client comes back to, or nullptr.
const EntryPointOptions* next_of(const EntryPointOptions& entry, const OptionsDraft& draft) {
  if (!entry.redirection) return nullptr;
  const auto& all = draft.options.entry_points;
  const std::string& to = entry.redirection->to;
  const auto found = std::ranges::find_if(all, [&](const auto& one) {
    return to.starts_with(':') ? listens_on(one.second, std::string_view{to}.substr(1)) : one.first == to;
  });
  return found == all.end() ? nullptr : &found->second;
}

void find_loops(const OptionsDraft& draft, Problems& problems) {
  std::set<std::string> told;
  for (const auto& [name, entry] : draft.options.entry_points) {
    std::vector<std::string> way{name};
    const EntryPointOptions* at = next_of(entry, draft);
    while (at != nullptr && std::ranges::find(way, at->name) == way.end()) {
      way.push_back(at->name);
      at = next_of(*at, draft);
    }
    if (at == nullptr || at->name != name || told.contains(name)) continue;
    std::string text;
    for (const auto& step : way) {
      told.insert(step);
      text += step + " → ";
    }
    problems.push_back(bad_target(draft.entry_points.at(ascii_lower(name)),
                                  "redirections in a circle: " + printable(text + name),
                                  "let one of them serve its requests"));
  }
}

}  // namespace

void settle_redirections(OptionsDraft& draft, Problems& problems) {
  for (const auto& [folded, entry] : draft.entry_points) {
    if (const auto& redirection = entry.options.redirection) settle_target(entry, redirection->to, draft, problems);
  }
  find_loops(draft, problems);
}

}  // namespace mooring::config
