#include "proxy/routing/rule_analysis.h"

#include <algorithm>
#include <format>
#include <iterator>
#include <string_view>
#include <utility>

#include "proxy/config/ip.h"
#include "proxy/config/printable.h"

namespace mooring::routing {
namespace {

constexpr std::size_t kMaxRemarks = 8;  // a broken rule need not fill the log
constexpr int kMaxSteps = 20'000;       // of one comparison: alternating groups could take exponential time

void sort_and_unite(std::vector<std::string>& hosts) {
  std::ranges::sort(hosts);
  const auto doubles = std::ranges::unique(hosts);
  hosts.erase(doubles.begin(), doubles.end());
}

std::optional<RequiredHosts> hosts_of_condition(const Rule& rule) {
  if (rule.matcher != MatcherKind::host || rule.negated || rule.value == "*") return std::nullopt;
  const std::string_view suffix = wildcard_suffix(rule.value);
  RequiredHosts hosts;
  if (suffix.empty()) {
    hosts.exact.push_back(rule.value);
  } else {
    hosts.wildcard.emplace_back(suffix);
  }
  return hosts;
}

std::optional<RequiredHosts> hosts_of(const Rule& rule) {
  if (rule.kind == Rule::Kind::condition) return hosts_of_condition(rule);
  std::optional<RequiredHosts> result;
  for (const Rule& operand : rule.operands) {
    std::optional<RequiredHosts> hosts = hosts_of(operand);
    if (rule.kind == Rule::Kind::all) {
      // Each one is needed, so the smallest set will do.
      if (hosts && (!result || hosts->size() < result->size())) result = std::move(hosts);
      continue;
    }
    if (!hosts) return std::nullopt;
    if (!result) {
      result = std::move(hosts);
    } else {
      std::ranges::move(hosts->exact, std::back_inserter(result->exact));
      std::ranges::move(hosts->wildcard, std::back_inserter(result->wildcard));
    }
  }
  return result;
}

// True for every request that reaches a router: "*" as a path is only that of `OPTIONS *`, which no router gets.
bool always(const Rule& rule) {
  if (rule.kind != Rule::Kind::condition || rule.negated) return false;
  return (rule.matcher == MatcherKind::host && rule.value == "*") ||
         (rule.matcher == MatcherKind::path_prefix && rule.value == "/");
}

bool host_within(std::string_view narrow, std::string_view wide) {
  const std::string_view suffix = wildcard_suffix(wide);
  if (suffix.empty() || !wildcard_suffix(narrow).empty()) return false;
  const std::size_t dot = narrow.find('.');
  return dot != std::string_view::npos && dot > 0 && narrow.substr(dot + 1) == suffix;
}

// Whether what matches `narrow` matches `wide`, both taken without their negation.
bool condition_within(const Rule& narrow, const Rule& wide) {
  if (narrow.matcher == wide.matcher && narrow.name == wide.name && narrow.value == wide.value) return true;
  const bool prefix = wide.matcher == MatcherKind::path_prefix;
  if (prefix && (narrow.matcher == MatcherKind::path || narrow.matcher == MatcherKind::path_prefix)) {
    return narrow.value.starts_with(wide.value);
  }
  if (narrow.matcher != wide.matcher) return false;
  if (wide.matcher == MatcherKind::host) return host_within(narrow.value, wide.value);
  if (wide.matcher == MatcherKind::client_ip) {
    const auto inner = config::IpNetwork::parse(narrow.value);
    const auto outer = config::IpNetwork::parse(wide.value);
    return inner && outer && inner->prefix >= outer->prefix && outer->contains(inner->address);
  }
  return false;
}

class Comparison {
 public:
  // narrow ⟹ wide.
  bool implies(const Rule& narrow, const Rule& wide) {
    if (--steps_ < 0) return false;
    if (always(wide)) return true;
    const auto into = [&](const Rule& operand) { return implies(narrow, operand); };
    const auto from = [&](const Rule& operand) { return implies(operand, wide); };
    if (narrow.kind == Rule::Kind::any) return std::ranges::all_of(narrow.operands, from);
    if (wide.kind == Rule::Kind::all) return std::ranges::all_of(wide.operands, into);
    if (wide.kind == Rule::Kind::any && std::ranges::any_of(wide.operands, into)) return true;
    if (narrow.kind == Rule::Kind::all) return std::ranges::any_of(narrow.operands, from);
    if (wide.kind == Rule::Kind::any || narrow.negated != wide.negated) return false;
    return narrow.negated ? condition_within(wide, narrow) : condition_within(narrow, wide);
  }

 private:
  int steps_ = kMaxSteps;
};

std::string_view why_never(const Rule& rule) {
  if (rule.matcher == MatcherKind::host) {
    const std::string_view host = rule.value;
    if (host.empty()) return "a request without a host is matched by Host(`*`) only";
    if (host.contains('/')) return "a host has neither a scheme nor a path";
    if (host.find_first_of(" \t") != std::string_view::npos) return "a host has no blanks";
    if (std::ranges::count(host, ':') == 1) return "a request's host is compared without its port";
    if (host != "*" && host.contains('*') && wildcard_suffix(host).empty()) {
      return "\"*\" stands for one label, and only at the beginning";
    }
  }
  const bool path = rule.matcher == MatcherKind::path || rule.matcher == MatcherKind::path_prefix;
  if (path && rule.value.contains('?')) return "a path ends before the \"?\"; use Query";
  if (rule.matcher == MatcherKind::query && rule.value.empty() && rule.name.contains('=')) {
    return "a name and its value are two arguments: Query(`name`, `value`)";
  }
  return {};
}

void collect_remarks(const Rule& rule, std::vector<std::string>& to) {
  for (const Rule& operand : rule.operands) collect_remarks(operand, to);
  if (rule.kind != Rule::Kind::condition || to.size() == kMaxRemarks) return;
  const std::string_view why = why_never(rule);
  if (why.empty()) return;
  Rule plain = rule;
  plain.negated = false;
  to.push_back(std::format("{} never matches: {}", config::printable(canonical(plain)), why));
}

}  // namespace

std::optional<RequiredHosts> required_hosts(const Rule& rule) {
  std::optional<RequiredHosts> hosts = hosts_of(rule);
  if (hosts) {
    sort_and_unite(hosts->exact);
    sort_and_unite(hosts->wildcard);
  }
  return hosts;
}

bool shadows(const Rule& front, const Rule& hidden) {
  return front == hidden || Comparison().implies(hidden, front);
}

std::vector<std::string> remarks(const Rule& rule) {
  std::vector<std::string> result;
  collect_remarks(rule, result);
  return result;
}

}  // namespace mooring::routing
