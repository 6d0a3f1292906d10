#include "proxy/config/label_health.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "proxy/config/go_values.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kNotRun = "the health check is not run";
constexpr std::chrono::hours kLongestWait{24 * 365};  // what is longer would overflow somewhere

constexpr std::array kStrategies{Strategy::wrr, Strategy::p2c, Strategy::hrw, Strategy::leasttime, Strategy::leastconn};

Finding with_force(Finding finding, std::string_view in_force) {
  finding.in_force = in_force;
  return finding;
}

// The check would ask something else than was meant: it is not run.
Finding ends_check(HealthLabels& health, Finding finding) {
  health.not_run = true;
  return with_force(std::move(finding), kNotRun);
}

Finding bad_question(HealthLabels& health, std::string_view value, std::string_view expected) {
  return ends_check(health, bad_value(value, expected, false));
}

// A time above zero. `target` holds what is in force otherwise.
std::optional<Finding> take_time(milliseconds& target, std::string_view value, milliseconds least) {
  const auto parsed = parse_duration(value);
  if (!parsed || parsed->count() <= 0 || *parsed > kLongestWait) {
    return with_force(bad_value(value, "a duration above zero such as 10s", false),
                      duration_text(target) + " is in force, the default");
  }
  target = std::chrono::ceil<milliseconds>(*parsed);
  if (target >= least) return std::nullopt;
  target = least;
  return with_force(bad_value(value, "at least " + duration_text(least), false), duration_text(least) + " is in force");
}

std::optional<Finding> take_number(std::int64_t& target, std::string_view value, std::int64_t least,
                                   std::int64_t most) {
  const auto number = parse_int(value);
  if (number && *number >= least && *number <= most) {
    target = *number;
    return std::nullopt;
  }
  return with_force(
      bad_value(value, "a whole number from " + std::to_string(least) + " to " + std::to_string(most), false),
      std::to_string(target) + " is in force, the default");
}

bool is_visible(char c) {
  return c > ' ' && c < '\x7f';
}

bool is_token(std::string_view text) {
  constexpr std::string_view kSymbols = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || kSymbols.contains(c);
  });
}

bool is_host(std::string_view text) {
  constexpr std::string_view kSymbols = "-._:[]";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || kSymbols.contains(c);
  });
}

bool is_field_value(std::string_view text) {
  return std::ranges::none_of(text, [](unsigned char c) { return (c < ' ' && c != '\t') || c == 0x7f; });
}

std::optional<Finding> take_path(HealthLabels& health, HealthCheckConfig& check, std::string_view value) {
  const std::string_view path = trimmed(value);
  const bool readable = path.size() <= kLongestCheckPath && std::ranges::all_of(path, is_visible) &&
                        !path.contains("://") && !path.starts_with("//") && !path.contains('#');
  if (!readable) return bad_question(health, value, "a path such as /health, without host and blanks");
  check.path = path.empty() || path.starts_with('/') ? std::string{path} : "/" + std::string{path};
  return std::nullopt;
}

std::optional<Finding> take_check_scheme(HealthLabels& health, HealthCheckConfig& check, std::string_view value) {
  check.scheme = ascii_lower(trimmed(value));
  if (check.scheme == "http") return std::nullopt;
  if (check.scheme != "https") return bad_question(health, value, "http");
  return ends_check(
      health,
      {code::kNotDone, Severity::warning, "checks by https are known to Traefik and not done here yet", false, {}});
}

std::optional<Finding> take_mode(HealthLabels& health, std::string_view value) {
  const std::string mode = ascii_lower(trimmed(value));
  if (mode == "http") return std::nullopt;
  if (mode != "grpc") return bad_question(health, value, "http");
  return ends_check(
      health,
      {code::kNotDone, Severity::warning, "checks by gRPC are known to Traefik and not done here yet", false, {}});
}

std::optional<Finding> take_status(HealthCheckConfig& check, std::string_view value) {
  const auto status = parse_int(value);
  if (!status || (*status != 0 && (*status < 100 || *status > 599))) {
    return with_force(bad_value(value, "a status from 100 to 599", false), "any 2xx or 3xx counts, the default");
  }
  check.status = static_cast<int>(*status);
  return std::nullopt;
}

std::optional<Finding> take_header(HealthLabels& health, HealthCheckConfig& check, std::string_view name,
                                   std::string_view value) {
  auto& headers = check.headers;
  if (!is_token(name) || !is_field_value(value)) {
    return bad_question(health, value, "a header's name and a value without line breaks");
  }
  if (headers.size() == kMostCheckHeaders) {
    return ends_check(
        health,
        {code::kTooMuch, Severity::warning, "more than " + std::to_string(kMostCheckHeaders) + " headers", false, {}});
  }
  headers.emplace_back(name, trimmed(value));
  return std::nullopt;
}

}  // namespace

std::optional<Finding> take_check(HealthLabels& health, std::string_view field, std::string_view header,
                                  std::string_view value) {
  if (!health.check) health.check.emplace();
  HealthCheckConfig& check = *health.check;
  if (!header.empty()) return take_header(health, check, header, value);
  if (field == "path") return take_path(health, check, value);
  if (field == "scheme") return take_check_scheme(health, check, value);
  if (field == "mode") return take_mode(health, value);
  if (field == "status") return take_status(check, value);
  if (field == "interval") return take_time(check.interval, value, kShortestCheckInterval);
  if (field == "timeout") return take_time(check.timeout, value, milliseconds{1});
  if (field == "unhealthyInterval") {
    milliseconds interval = check.unhealthy_interval;
    auto finding = take_time(interval, value, kShortestCheckInterval);
    // What cannot be read is as if it were not there: then it is `interval`.
    if (!finding || interval == kShortestCheckInterval) {
      health.unhealthy_interval = interval;
    } else {
      finding->in_force = "interval is in force";
    }
    return finding;
  }
  if (field == "method") {
    check.method = trimmed(value);
    if (is_token(check.method) && check.method != "CONNECT") return std::nullopt;
    return bad_question(health, value, "a method such as GET");
  }
  if (field == "port") {
    const auto port = parse_port(value);
    if (!port) return bad_question(health, value, "a port from 1 to 65535");
    check.port = *port;
    return std::nullopt;
  }
  if (field == "hostname") {
    check.hostname = trimmed(value);
    if (is_host(check.hostname)) return std::nullopt;
    return bad_question(health, value, "a host name");
  }
  const auto follow = parse_bool(value);
  if (!follow) return with_force(bad_value(value, "true or false", false), "redirects are followed, the default");
  check.follow_redirects = *follow;
  return std::nullopt;
}

std::optional<Finding> take_passive(HealthLabels& health, std::string_view field, std::string_view value) {
  if (!health.passive) health.passive.emplace();
  if (field == "failureWindow") return take_time(health.passive->failure_window, value, kShortestCheckInterval);
  return take_number(health.passive->max_failed_attempts, value, 1, kMostAttempts);
}

std::optional<Finding> take_strategy(Strategy& strategy, std::string_view value) {
  const std::string said = ascii_lower(trimmed(value));
  std::vector<std::string_view> names;
  for (const Strategy known : kStrategies) {
    names.push_back(to_string(known));
    if (said != names.back()) continue;
    strategy = known;
    return std::nullopt;
  }
  Finding finding = bad_value(value, "wrr, p2c, hrw, leasttime or leastconn", false);
  finding.in_force = "wrr is in force, the default";
  const std::string_view near = nearest(said, names);
  if (!near.empty()) finding.fix = "did you mean " + config::quoted(near) + "?";
  return finding;
}

std::optional<Finding> take_own(OwnKeys& own, std::string_view section, std::string_view field,
                                std::string_view value) {
  if (section == "queue" && field == "size") return take_number(own.queue.size, value, 1, kMostQueued);
  if (section == "queue") {
    const auto parsed = parse_duration(value);
    if (!parsed || parsed->count() < 0 || *parsed > kLongestWait) {
      return with_force(bad_value(value, "a duration such as 10s", false), "requests are not held");
    }
    own.queue.timeout = std::chrono::ceil<milliseconds>(*parsed);
    return std::nullopt;
  }
  std::int64_t times = 1;
  auto finding = take_number(times, value, 1, kMostAttempts);
  (field == "rise" ? own.rise : own.fall) = times;
  return finding;
}

void settle_health(const HealthLabels& health, DecodedService& service) {
  service.passive_health_check = health.passive;
  if (!health.check || health.not_run) return;
  service.health_check = health.check;
  service.health_check->unhealthy_interval = health.unhealthy_interval.value_or(health.check->interval);
  // Labels come in the order of their keys, those of a file as they stand: the same headers are the same check.
  std::ranges::sort(service.health_check->headers);
}

bool settle_own(const OwnKeys& own, DecodedService& service) {
  service.queue = own.queue;
  if (!own.rise && !own.fall) return true;
  if (!service.health_check) return false;
  service.health_check->rise = own.rise.value_or(1);
  service.health_check->fall = own.fall.value_or(1);
  return true;
}

}  // namespace mooring::config
