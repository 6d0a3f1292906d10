#include "proxy/cli/status_table.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "proxy/config/printable.h"

namespace mooring::cli {
namespace {

constexpr std::size_t kMostOfALine = 400;  // of a problem's text: it may hold a rule to paste

struct Page {
  std::int64_t now_ms;
  TextStyle style;
  std::string out;

  void line(std::string_view text) { out.append(text).push_back('\n'); }
  void section(std::string_view title) { line("\n" + heading(title, style)); }
};

std::string shown(const Json& object, std::string_view name) {
  return config::printable(text_of(object, name), kMostOfALine);
}

std::string age_of(const Json& object, std::string_view name, std::int64_t now_ms) {
  const auto time = time_of(object, name);
  return time ? age(now_ms - *time) : std::string{};
}

std::string plural(std::int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

Tone tone_of_state(const std::string& state) {
  if (state == "ready" || state == "enabled") return Tone::good;
  if (state == "unhealthy" || state == "gone" || state == "disabled" || state == "error") return Tone::bad;
  return Tone::warning;
}

void add_head(Page& page, const Json& status) {
  std::string line = "Mooring " + shown(status, "version") + " · generation " + shown(status, "generation");
  if (const std::string since = age_of(status, "since", page.now_ms); !since.empty()) line += " for " + since;
  if (const std::string up = age_of(status, "startedAt", page.now_ms); !up.empty()) line += " · up " + up;
  page.line(heading(line, page.style));
  if (is_true(status, "terminating")) page.line(toned("it is ending", Tone::warning, page.style));
  if (field(status, "ready").is_boolean() && !is_true(status, "ready")) {
    page.line(toned("starting: the containers are not listed yet", Tone::warning, page.style));
  }
}

void add_engine(Page& page, const Json& engine) {
  if (!engine.is_object()) return;
  if (field(engine, "endpoint").is_string() && shown(engine, "endpoint").empty()) {
    page.line("engine   none: the Docker provider is off");
    return;
  }
  if (!is_true(engine, "connected")) {
    const std::string error = shown(engine, "error");
    page.line(toned("engine   not connected: " + shown(engine, "endpoint") + (error.empty() ? "" : ": " + error),
                    Tone::bad, page.style));
    page.line("         the routes stay in force; it is tried again");
    return;
  }
  std::string line = "engine   " + shown(engine, "endpoint");
  if (const std::string version = shown(engine, "engineVersion"); !version.empty()) line += ", Docker " + version;
  if (const std::string api = shown(engine, "apiVersion"); !api.empty()) line += ", API " + api;
  line += " · " + plural(number_of(engine, "containers"), "container");
  if (const std::string event = age_of(engine, "lastEvent", page.now_ms); !event.empty()) {
    line += " · last event " + event + " ago";
  }
  page.line(line);
}

void add_workers(Page& page, const Json& status) {
  std::string listens;
  for (const Json& entry_point : array_of(status, "entryPoints")) {
    listens += (listens.empty() ? "" : ", ") + shown(entry_point, "name") + " " + shown(entry_point, "address");
  }
  if (!listens.empty()) page.line("listens  " + listens);
  const Json& workers = array_of(status, "workers");
  if (workers.empty()) return;
  std::int64_t connections = 0;
  std::int64_t busy = 0;
  std::int64_t requests = 0;
  std::int64_t withheld = 0;
  std::int64_t refused = 0;
  std::int64_t cut = 0;
  for (const Json& worker : workers) {
    connections += number_of(worker, "connections");
    busy += number_of(worker, "busy");
    requests += number_of(worker, "requests");
    withheld += is_true(worker, "acceptWithheld") ? 1 : 0;
    refused += number_of(worker, "refusedForLoad");
    cut += number_of(worker, "cutForLoad");
  }
  page.line("workers  " + std::to_string(workers.size()) + " · " + plural(connections, "connection") + ", " +
            std::to_string(busy) + " busy · " + plural(requests, "request"));
  if (withheld != 0) {
    page.line(toned("         near the limit of descriptors: new connections wait at " + plural(withheld, "worker"),
                    Tone::warning, page.style));
  }
  if (refused != 0 || cut != 0) {
    page.line(toned("         overload, since the start: " + plural(refused, "request") + " refused (503), " +
                        plural(cut, "slow client") + " cut off",
                    Tone::warning, page.style));
  }
}

void add_problems(Page& page, const Json& problems) {
  if (problems.empty()) return;
  page.section("PROBLEMS");
  for (const Json& problem : problems) {
    const std::string severity = text_of(problem, "severity");
    const Tone tone = severity == "error" ? Tone::bad : (severity == "warning" ? Tone::warning : Tone::quiet);
    std::string line = toned(shown(problem, "severity") + " " + shown(problem, "code"), tone, page.style);
    line += " " + shown(problem, "where");
    if (const std::string key = shown(problem, "key"); !key.empty()) line += ": " + key;
    page.line(line + ": " + shown(problem, "text"));
    if (const std::string in_force = shown(problem, "inForce"); !in_force.empty()) page.line("  in force: " + in_force);
    if (const std::string fix = shown(problem, "fix"); !fix.empty()) page.line("  mend it: " + fix);
  }
}

// What is said about single rows, below their table.
void add_errors(Page& page, const Json& rows) {
  for (const Json& row : rows) {
    for (const Json& error : array_of(row, "errors")) {
      if (!error.is_string()) continue;
      page.line(toned("  " + shown(row, "name") + ": ", Tone::warning, page.style) +
                config::printable(error.get_ref<const std::string&>(), kMostOfALine));
    }
  }
}

void add_routers(Page& page, const Json& routers) {
  page.section("ROUTERS");
  if (routers.empty()) return page.line("none: no running container asks for one");
  TextTable table({{"NAME"},
                   {"RULE"},
                   {"PRIORITY", true, 2},
                   {"STATUS"},
                   {"SERVICE", false, 1},
                   {"HITS", true},
                   {"LAST", false, 3}});
  for (const Json& router : routers) {
    const std::string status = text_of(router, "status");
    table.add({{text_of(router, "name")},
               {text_of(router, "rule")},
               {text_of(router, "priority")},
               {is_true(router, "unserved") ? status + " (503)" : status, tone_of_state(status)},
               {text_of(router, "service")},
               {text_of(router, "hits")},
               {age_of(router, "lastHit", page.now_ms)}});
  }
  page.out += table.render(page.style);
  add_errors(page, routers);
}

std::string moved(const Json& moved) {
  std::int64_t total = 0;
  std::string why;
  for (const char* reason : {"gone", "draining", "unhealthy", "unknown"}) {
    const std::int64_t count = number_of(moved, reason);
    total += count;
    if (count != 0) why += (why.empty() ? "" : ", ") + std::to_string(count) + " " + reason;
  }
  return std::to_string(total) + (why.empty() ? "" : " (" + why + ")");
}

// What people have taken out of service.
void add_drains(Page& page, const Json& drains) {
  if (drains.empty()) return;
  page.section("DRAINS");
  TextTable table({{"NAME"},
                   {"STATE"},
                   {"SINCE"},
                   {"DEADLINE"},
                   {"ENDPOINTS", false, 1},
                   {"IN FLIGHT", true},
                   {"WEBSOCKETS", true},
                   {"SESSIONS", true}});
  for (const Json& drain : drains) {
    const std::string state = text_of(drain, "state");
    const std::int64_t deadline = time_of(drain, "deadline").value_or(0);
    table.add({{text_of(drain, "name")},
               {state == "deadlinePassed" ? "deadline passed" : state},
               {age_of(drain, "since", page.now_ms)},
               {deadline <= page.now_ms ? "passed" : "in " + age(deadline - page.now_ms)},
               {text_of(drain, "endpoints")},
               {text_of(drain, "inFlight")},
               {text_of(drain, "tunnels")},
               {(is_true(drain, "sessionsEstimated") ? "≥" : "") + text_of(drain, "sessions")}});
  }
  page.out += table.render(page.style);
}

void add_services(Page& page, const Json& services) {
  if (services.empty()) return;
  page.section("SERVICES");
  TextTable table({{"NAME"},
                   {"READY"},
                   {"STICKY"},
                   {"REQUESTS", true},
                   {"KEPT", true, 2},
                   {"NEW", true, 1},
                   {"MOVED"},
                   {"SESSIONS", true}});
  for (const Json& service : services) {
    const Json& endpoints = array_of(service, "endpoints");
    const auto ready =
        std::ranges::count_if(endpoints, [](const Json& each) { return text_of(each, "state") == "ready"; });
    const std::string pooled = text_of(service, "pooledInto");
    const Json& sticky = field(service, "sticky");
    std::string name = text_of(service, "name");
    if (!pooled.empty()) name += " → " + pooled;
    std::string of = std::to_string(ready) + "/" + std::to_string(endpoints.size());
    const Tone tone = ready == 0 ? Tone::bad : Tone::good;
    if (!sticky.is_object()) {
      table.add({{name}, endpoints.empty() ? Cell{} : Cell{of, tone}, {pooled.empty() ? "-" : ""}, {}, {}, {}, {}, {}});
      continue;
    }
    table.add({{name},
               {of, tone},
               {text_of(sticky, "cookie")},
               {text_of(sticky, "requests")},
               {text_of(sticky, "kept")},
               {text_of(sticky, "new")},
               {moved(field(sticky, "moved"))},
               {(is_true(sticky, "sessionsEstimated") ? "≥" : "") + text_of(sticky, "sessions")}});
  }
  page.out += table.render(page.style);
  add_errors(page, services);
}

void add_endpoints(Page& page, const Json& services) {
  TextTable table({{"SERVICE", false, 1},
                   {"CONTAINER"},
                   {"ADDRESS", false, 2},
                   {"STATE"},
                   {"SINCE"},
                   {"IN FLIGHT", true},
                   {"SESSIONS", true},
                   {"REQUESTS", true, 4},
                   {"LAST", false, 3},
                   {"WHY"}});
  for (const Json& service : services) {
    for (const Json& endpoint : array_of(service, "endpoints")) {
      const std::string container = text_of(endpoint, "container");
      const std::string state = text_of(endpoint, "state");
      table.add({{text_of(service, "name")},
                 {container.empty() ? "-" : container},
                 {container.empty() ? text_of(endpoint, "url") : text_of(endpoint, "address")},
                 {state, tone_of_state(state)},
                 {age_of(endpoint, "since", page.now_ms)},
                 {text_of(endpoint, "inFlight")},
                 {text_of(endpoint, "sessions")},
                 {text_of(endpoint, "requests")},
                 {age_of(endpoint, "lastRequest", page.now_ms)},
                 {state == "ready" ? "" : text_of(endpoint, "why")}});
    }
  }
  if (table.empty()) return;
  page.section("ENDPOINTS");
  page.out += table.render(page.style);
}

}  // namespace

std::string age(std::int64_t ms) {
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  // Clocks differ: what lies ahead is now.
  const std::int64_t seconds = std::max<std::int64_t>(0, ms / 1000);
  if (seconds < 2 * kMinute) return std::to_string(seconds) + "s";
  if (seconds < 2 * kHour) return std::to_string(seconds / kMinute) + "m";
  if (seconds < 2 * kDay) return std::to_string(seconds / kHour) + "h";
  return std::to_string(seconds / kDay) + "d";
}

std::string status_table(const Json& status, std::int64_t now_ms, const TextStyle& style) {
  Page page{.now_ms = now_ms, .style = style, .out = {}};
  add_head(page, status);
  add_engine(page, field(status, "engine"));
  add_workers(page, status);
  add_problems(page, array_of(status, "problems"));
  add_drains(page, array_of(status, "drains"));
  add_routers(page, array_of(status, "routers"));
  add_services(page, array_of(status, "services"));
  add_endpoints(page, array_of(status, "services"));
  return page.out;
}

}  // namespace mooring::cli
