#include "proxy/config/options_entry_points.h"

#include <algorithm>
#include <ranges>
#include <utility>
#include <vector>

#include "proxy/config/go_values.h"
#include "proxy/config/ip.h"
#include "proxy/config/options_redirections.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr std::string_view kInternal = "traefik";
constexpr std::string_view kAddressForm = "expected [host]:port, as in \":80\" or \"127.0.0.1:8080\"";

void add(OptionsDraft& draft, std::string name, std::uint16_t port) {
  EntryPointOptions made;
  made.name = name;
  made.port = port;
  draft.options.entry_points.emplace(std::move(name), std::move(made));
}

// What a wrong address probably means: a port alone is the usual slip.
std::string address_fix(std::string_view text) {
  if (parse_port(text)) return "write \":" + std::string{text} + "\"";
  const bool bare_v6 = std::ranges::count(text, ':') > 1 && !text.starts_with('[');
  return bare_v6 ? "write an IPv6 address in brackets: \"[::1]:80\"" : "";
}

bool all_addresses(std::string_view host) {
  return host.empty() || host == "0.0.0.0" || IpAddress::parse(host) == IpAddress::parse("::");
}

bool same_address(const ListenAddress& a, const ListenAddress& b) {
  if (a.port == 0 || a.port != b.port) return false;
  if (all_addresses(a.host) && all_addresses(b.host)) return true;
  return IpAddress::parse(a.host) == IpAddress::parse(b.host);
}

// All that `setting` names, each once; "0.0.0.0:80" and "[::]:80" together are ":80". Nothing when one is wrong.
std::optional<std::vector<ReadAddress>> read_addresses(const Setting& setting, Problems& problems) {
  std::vector<ReadAddress> all;
  bool good = true;
  for (const auto& item : setting.values) {
    const auto address = parse_listen_address(trimmed(item));
    if (!address) {
      good = false;
      std::string text{kAddressForm};
      text += ", not " + config::quoted(item);
      problems.push_back(option_error(option_code::kBadValue, setting, text, address_fix(item)));
      continue;
    }
    const auto same = std::ranges::find_if(all, [&](const ReadAddress& one) {
      return one.udp == address->udp && same_address({one.host, one.port}, {address->host, address->port});
    });
    if (same == all.end()) {
      all.push_back(*address);
    } else if (all_addresses(same->host)) {
      same->host.clear();
    }
  }
  if (!good) return std::nullopt;
  return all;
}

void settle_one(EntryPointDraft& entry, OptionsDraft& draft, Problems& problems) {
  const auto& name = entry.options.name;
  const bool none = !entry.address || std::ranges::all_of(entry.address->values, &std::string::empty);
  if (none) {
    Setting at = entry.address.value_or(entry.first);
    at.key = (at.from_flag() ? "--" : "") + std::string{"entryPoints."} + name;
    problems.push_back(option_error(option_code::kBadValue, at, "the entry point has no address",
                                    "give it one: entryPoints." + name + ".address: \":80\""));
    return;
  }
  const auto addresses = read_addresses(*entry.address, problems);
  if (!addresses) return;
  entry.options.host = addresses->front().host;
  entry.options.port = addresses->front().port;
  for (const auto& more : *addresses | std::views::drop(1)) {
    entry.options.more_addresses.push_back({more.host, more.port});
  }
  if (std::ranges::any_of(*addresses, &ReadAddress::udp)) {
    entry.udp = true;
    problems.push_back(option_warning(option_code::kClosedEntryPoint, *entry.address,
                                      "UDP is known to Traefik, but not done yet in Mooring",
                                      "the entry point stays closed"));
    return;
  }
  if (entry.closed) return;  // the reason has been told where its key was resolved
  draft.options.entry_points.emplace(name, entry.options);
}

bool share_address(const EntryPointOptions& a, const EntryPointOptions& b) {
  const auto others = listen_addresses(b);
  return std::ranges::any_of(listen_addresses(a), [&](const ListenAddress& one) {
    return std::ranges::any_of(others, [&](const ListenAddress& other) { return same_address(one, other); });
  });
}

// Two listeners on one address would share its connections at random: every worker listens with SO_REUSEPORT.
void find_shared_addresses(const OptionsDraft& draft, Problems& problems) {
  const auto& all = draft.options.entry_points;
  for (auto first = all.begin(); first != all.end(); ++first) {
    for (auto second = std::next(first); second != all.end(); ++second) {
      if (!share_address(first->second, second->second)) continue;
      Setting at;
      for (const auto& name : {first->first, second->first}) {
        const auto entry = draft.entry_points.find(ascii_lower(name));
        if (entry != draft.entry_points.end()) at = entry->second.address.value_or(at);
      }
      problems.push_back(option_error(option_code::kAddressTaken, at,
                                      "the entry points " + config::quoted(first->first) + " and " +
                                          config::quoted(second->first) + " have the same address",
                                      "give one of them another port"));
    }
  }
}

void settle_ping(OptionsDraft& draft, Problems& problems) {
  auto& ping = draft.options.ping;
  if (ping.manual_routing) return;  // it has no router of its own
  if (!ping.enabled || draft.options.entry_points.contains(ping.entry_point)) return;
  if (draft.entry_points.contains(ascii_lower(ping.entry_point))) {
    const auto& name = draft.entry_points.at(ascii_lower(ping.entry_point)).options.name;
    if (draft.options.entry_points.contains(name)) {
      ping.entry_point = name;  // written in another case
    } else {
      ping.enabled = false;  // its entry point stays closed, and that has been told
    }
    return;
  }
  std::vector<std::string> names;
  names.reserve(draft.options.entry_points.size());
  for (const auto& [name, entry] : draft.options.entry_points) names.push_back(name);
  const auto near = nearest(ping.entry_point, names);
  Setting at = draft.ping_entry_point.value_or(Setting{});
  problems.push_back(option_error(option_code::kBadValue, at,
                                  "there is no entry point " + config::quoted(ping.entry_point),
                                  near.empty() ? "" : "did you mean " + config::quoted(near) + "?"));
}

}  // namespace

std::optional<ReadAddress> parse_listen_address(std::string_view text) {
  ReadAddress address;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    const auto protocol = text.substr(slash + 1);
    address.udp = equal_fold(protocol, "udp");
    if (!address.udp && !equal_fold(protocol, "tcp")) return std::nullopt;
    text = text.substr(0, slash);
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = text.substr(colon + 1);
  if (port != "0") {  // 0: the system chooses
    const auto parsed = parse_port(port);
    if (!parsed) return std::nullopt;
    address.port = *parsed;
  }
  auto host = text.substr(0, colon);
  if (host.empty()) return address;
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (equal_fold(host, "localhost") && !bracketed) host = "127.0.0.1";
  const auto ip = IpAddress::parse(host);
  if (!ip || host.front() == '[' || bracketed != (host.find(':') != std::string_view::npos)) return std::nullopt;
  address.host = host;
  return address;
}

std::vector<ListenAddress> listen_addresses(const EntryPointOptions& entry_point) {
  std::vector<ListenAddress> all{{.host = entry_point.host, .port = entry_point.port}};
  all.insert(all.end(), entry_point.more_addresses.begin(), entry_point.more_addresses.end());
  return all;
}

std::string to_text(const ListenAddress& address) {
  return host_port(address.host, address.port);
}

std::vector<std::string> default_entry_points(const Options& options) {
  std::vector<std::string> marked;
  std::vector<std::string> others;
  for (const auto& [name, entry] : options.entry_points) {
    if (entry.as_default) marked.push_back(name);
    if (name != kInternal) others.push_back(name);
  }
  return options.default_marked ? marked : others;
}

void settle_entry_points(OptionsDraft& draft, Problems& problems) {
  const std::size_t before = problems.size();
  for (auto& [folded, entry] : draft.entry_points) {
    // Also of one that stays closed: else its routers would be served where nobody asked for them.
    draft.options.default_marked = draft.options.default_marked || entry.options.as_default;
    settle_one(entry, draft, problems);
  }
  if (draft.entry_points.empty()) add(draft, "http", 80);
  const auto& options = draft.options;
  const bool ping_needs =
      options.ping.enabled && !options.ping.manual_routing && equal_fold(options.ping.entry_point, kInternal);
  if ((options.api.insecure || ping_needs) && !draft.entry_points.contains(std::string{kInternal})) {
    add(draft, std::string{kInternal}, 8080);
  }
  const bool errors = std::ranges::any_of(problems.begin() + static_cast<std::ptrdiff_t>(before), problems.end(),
                                          [](const Problem& one) { return one.severity == Severity::error; });
  if (options.entry_points.empty() && !errors) {
    Setting at = draft.entry_points.begin()->second.first;
    at.key = "entryPoints";
    problems.push_back(option_error(option_code::kClosedEntryPoint, at, "no entry point is left to listen on",
                                    "configure one without what is not done yet"));
  }
  find_shared_addresses(draft, problems);
  settle_redirections(draft, problems);
  settle_ping(draft, problems);
}

}  // namespace mooring::config
