#include "proxy/routing/matcher.h"

#include <re2/re2.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "proxy/routing/query_parameters.h"
#include "proxy/routing/regexp.h"
#include "proxy/routing/text_hash.h"

namespace mooring::routing {
namespace {

constexpr std::uint32_t kMatch = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint32_t kMiss = kMatch - 1;

// From so many exact hosts on, a hash look-up is cheaper than comparing with one after the other.
constexpr std::size_t kHostSetSize = 8;

// Roughly in tens of nanoseconds; only the order counts.
int cost(const Rule& rule) {
  if (rule.kind != Rule::Kind::condition) {
    return std::accumulate(rule.operands.begin(), rule.operands.end(), 1,
                           [](int sum, const Rule& operand) { return std::min(sum + cost(operand), 1'000'000); });
  }
  switch (rule.matcher) {
    case MatcherKind::host:
    case MatcherKind::path:
    case MatcherKind::path_prefix:
    case MatcherKind::method:
    case MatcherKind::client_ip:
      return 1;
    case MatcherKind::header:
      return 3;
    case MatcherKind::query:
      return 5;
    case MatcherKind::host_regexp:
    case MatcherKind::path_regexp:
      return 20;
    case MatcherKind::header_regexp:
    case MatcherKind::query_regexp:
      return 30;
  }
  std::unreachable();
}

bool is_exact_host(const Rule& rule) {
  return rule.kind == Rule::Kind::condition && rule.matcher == MatcherKind::host && !rule.negated &&
         rule.value != "*" && wildcard_suffix(rule.value).empty();
}

// "a.example.com" for the suffix "example.com": exactly one label, and not an empty one, before it.
bool is_one_label_before(std::string_view host, std::string_view suffix) {
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 && host.substr(dot + 1) == suffix;
}

template <typename Accept>
bool any_field(const http::HeaderMap& fields, http::FieldId id, std::string_view name, Accept accept) {
  return std::any_of(fields.begin(), fields.end(), [&](const http::Field& field) {
    if (field.id != id) return false;
    return (id != http::FieldId::other || http::equal_ignoring_case(field.name, name)) && accept(field.value);
  });
}

}  // namespace

struct Matcher::Step {
  enum class HostForm : std::uint8_t { every, exact, one_label, set };

  MatcherKind kind = MatcherKind::host;
  bool negated = false;
  HostForm form = HostForm::exact;
  http::FieldId field = http::FieldId::other;
  std::uint32_t if_true = kMatch;
  std::uint32_t if_false = kMiss;
  std::string name;
  std::string value;
  config::IpNetwork network;
  std::unique_ptr<const re2::RE2> regexp;
  std::unique_ptr<const TextSet> hosts;

  bool holds(const http::RequestHead& request, const config::IpAddress& peer) const;
  bool host_holds(std::string_view host) const;
  void prepare();
};

bool Matcher::Step::host_holds(std::string_view host) const {
  if (form == HostForm::every) return true;
  if (host.empty()) return false;
  if (form == HostForm::set) return hosts->contains(host);
  return form == HostForm::exact ? host == value : is_one_label_before(host, value);
}

bool Matcher::Step::holds(const http::RequestHead& request, const config::IpAddress& peer) const {
  const auto equal = [this](std::string_view text) { return text == value; };
  const auto found = [this](std::string_view text) { return is_found(*regexp, text); };
  switch (kind) {
    case MatcherKind::host:
      return host_holds(request.host);
    case MatcherKind::host_regexp:
      return found(request.host);
    case MatcherKind::path:
      return request.routing_path == value;
    case MatcherKind::path_regexp:
      return found(request.routing_path);
    case MatcherKind::path_prefix:
      return request.routing_path.starts_with(value);
    case MatcherKind::method:
      return request.method_text == value;
    case MatcherKind::header:
      return any_field(request.fields, field, name, equal);
    case MatcherKind::header_regexp:
      return any_field(request.fields, field, name, found);
    case MatcherKind::query:
      return query_has(request.query, name, value);
    case MatcherKind::query_regexp:
      return query_any(request.query, name, found);
    case MatcherKind::client_ip:
      return network.contains(peer);
  }
  std::unreachable();
}

// What can be worked out once.
void Matcher::Step::prepare() {
  switch (kind) {
    case MatcherKind::host:
      if (value == "*") {
        form = HostForm::every;
      } else if (const std::string_view suffix = wildcard_suffix(value); !suffix.empty()) {
        form = HostForm::one_label;
        value = std::string(suffix);
      }
      break;
    case MatcherKind::header:
      field = http::field_id(name);
      break;
    case MatcherKind::header_regexp:
      field = http::field_id(name);
      regexp = compile_regexp(value);
      break;
    case MatcherKind::host_regexp:
    case MatcherKind::path_regexp:
    case MatcherKind::query_regexp:
      regexp = compile_regexp(value);
      break;
    case MatcherKind::client_ip:
      network =
          config::IpNetwork::parse(value).value();  // NOLINT(bugprone-unchecked-optional-access): the rule was read
      break;
    default:
      break;
  }
}

Matcher::Matcher(const Rule& rule) : required_hosts_(routing::required_hosts(rule)) {
  first_ = emit(rule, kMatch, kMiss);
  steps_.shrink_to_fit();
}

Matcher::~Matcher() = default;

std::uint32_t Matcher::emit(const Rule& rule, std::uint32_t if_true, std::uint32_t if_false) {
  if (rule.kind == Rule::Kind::condition) return emit_condition(rule, if_true, if_false);
  const bool all = rule.kind == Rule::Kind::all;
  std::vector<const Rule*> operands;
  std::vector<const Rule*> hosts;
  for (const Rule& operand : rule.operands) (!all && is_exact_host(operand) ? hosts : operands).push_back(&operand);
  if (hosts.size() < kHostSetSize) {
    operands.insert(operands.end(), hosts.begin(), hosts.end());
    hosts.clear();
  }
  // The dearest is emitted first and so is asked last.
  std::ranges::stable_sort(operands, std::greater<>(), [](const Rule* operand) { return cost(*operand); });
  std::uint32_t entry = all ? if_true : if_false;
  for (const Rule* operand : operands) entry = all ? emit(*operand, entry, if_false) : emit(*operand, if_true, entry);
  return hosts.empty() ? entry : emit_host_set(hosts, if_true, entry);
}

std::uint32_t Matcher::emit_condition(const Rule& rule, std::uint32_t if_true, std::uint32_t if_false) {
  Step step;
  step.kind = rule.matcher;
  step.negated = rule.negated;
  step.if_true = if_true;
  step.if_false = if_false;
  step.name = rule.name;
  step.value = rule.value;
  step.prepare();
  steps_.push_back(std::move(step));
  return static_cast<std::uint32_t>(steps_.size() - 1);
}

std::uint32_t Matcher::emit_host_set(const std::vector<const Rule*>& hosts, std::uint32_t if_true,
                                     std::uint32_t if_false) {
  TextSet set;
  for (const Rule* host : hosts) set.insert(host->value);
  Step step;
  step.form = Step::HostForm::set;
  step.if_true = if_true;
  step.if_false = if_false;
  step.hosts = std::make_unique<const TextSet>(std::move(set));
  steps_.push_back(std::move(step));
  return static_cast<std::uint32_t>(steps_.size() - 1);
}

bool Matcher::matches(const http::RequestHead& request, const config::IpAddress& peer) const {
  std::uint32_t at = first_;
  while (at < kMiss) {
    const Step& step = steps_[at];
    at = step.holds(request, peer) != step.negated ? step.if_true : step.if_false;
  }
  return at == kMatch;
}

}  // namespace mooring::routing
