#include "providers/docker/session.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <random>
#include <utility>

#include "providers/docker/engine_json.h"

namespace mooring::docker {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kRemembered = 512;  // twice what the engine keeps of past events
constexpr milliseconds kReportEvery{1000};
constexpr milliseconds kIdle{60'000};

// Type and action are filtered by the engine, so that the exec events of health checks cost nothing. "health_status"
// also lets "health_status: healthy" pass: the engine compares prefixes.
constexpr const char* kFilters =
    R"({"type":["container","network"],"event":["create","start","kill","die","stop","destroy","pause","unpause",)"
    R"("rename","update","health_status","connect","disconnect"]})";

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (plain) {
      encoded += c;
    } else {
      char hex[4];
      std::snprintf(hex, sizeof hex, "%%%02X", static_cast<unsigned char>(c));
      encoded += hex;
    }
  }
  return encoded;
}

std::int64_t wall_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
}

}  // namespace

Session::Session(const config::DockerOptions& options, const EngineEndpoint& endpoint,
                 std::function<Identity()> identity, providers::Sink& sink)
    : options_(options),
      identity_(std::move(identity)),
      sink_(sink),
      builder_(options),
      table_(builder_, [this](providers::ContainerEvent event) { sink_.observe(std::move(event)); }),
      client_(endpoint, options),
      backoff_(std::random_device{}()) {
  status_.endpoint = options.endpoint;
  status_.problems = builder_.problems();
}

void Session::stop() {
  stopping_ = true;
  client_.wake();
}

void Session::run() {
  while (!stopping_ && stage_ != Stage::finished) {
    try {
      step();
    } catch (const std::exception& exception) {
      // A bug, and no reason to stop following the engine: start over from a fresh connection.
      lost(std::string("internal error: ") + exception.what());
    }
  }
  client_.abort();
}

void Session::step() {
  const auto now = Clock::now();
  if (stage_ == Stage::waiting && now >= retry_at_) {
    connect();
  } else if (stage_ == Stage::subscribing && now >= open_deadline_) {
    lost("GET /events: no answer in time");
  } else if (stage_ == Stage::following) {
    if (now >= next_list_ && !listing_ && !list_wanted_) {
      if (following_ || !options_.watch) {
        list_wanted_ = true;
      } else {
        subscribe();  // refused last time; a listing follows whatever comes of it
      }
    }
    list();
    inspect_more();
    publish(now);
    settle();
  }
  report();
  if (stage_ != Stage::finished) {
    client_.poll(until_next(now));
  }
}

milliseconds Session::until_next(Clock::time_point now) const {
  Clock::time_point next = now + kIdle;
  if (stage_ == Stage::waiting) {
    next = std::min(next, retry_at_);
  } else if (stage_ == Stage::subscribing) {
    next = std::min(next, open_deadline_);
  } else if (stage_ == Stage::following) {
    if (!listing_ && !list_wanted_) {
      next = std::min(next, next_list_);
    }
    if (table_.has_changes()) {
      next = std::min(next, last_publish_ + kCollect);
    }
    if (const auto retry = table_.next_retry(); retry && client_.running() < kMostTransfers) {
      next = std::min(next, *retry);
    }
  }
  if (status_ != reported_) {
    next = std::min(next, reported_at_ + kReportEvery);
  }
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(next - now));
}

std::string Session::api(std::string_view path) const {
  return "/v" + status_.api_version + std::string(path);
}

void Session::connect() {
  stage_ = Stage::greeting;
  client_.get("/_ping", kSmallLimits, [this](const Reply& reply) { greeted(reply); });
}

void Session::greeted(const Reply& reply) {
  if (!reply.error.empty()) {
    lost(reply.error);
    return;
  }
  greeted_at_ = reply.date;
  client_.get("/version", kSmallLimits, [this, offered = reply.api_version](const Reply& version) {
    // What /version says is only nice to know: without it (a proxy refuses it) the ping's header is enough.
    const auto decoded = decode_version(version.error.empty() ? version.body : "{}");
    const Version engine = decoded.value_or(Version{});
    const std::string& wanted = options_.api_version;  // whoever names one gets that, or the engine's refusal of it
    const auto chosen = wanted.empty()
                            ? choose_api_version(offered.empty() ? engine.api_version : offered, engine.min_api_version)
                            : std::expected<std::string, std::string>(wanted);
    if (!chosen) {
      lost(chosen.error());
      return;
    }
    status_.engine_version = engine.version;
    status_.api_version = *chosen;
    if (options_.watch) {
      subscribe();
    } else {
      subscribed();
    }
  });
}

std::string Session::events_path() const {
  std::string since;
  if (last_event_ns_ > 0) {
    char text[32];
    std::snprintf(text, sizeof text, "%lld.%09lld", static_cast<long long>(last_event_ns_ / 1'000'000'000),
                  static_cast<long long>(last_event_ns_ % 1'000'000'000));
    since = text;
  } else if (greeted_at_ > 0) {
    since = std::to_string(greeted_at_);
  }
  return api("/events?filters=") + percent_encoded(kFilters) + (since.empty() ? "" : "&since=" + since);
}

void Session::subscribe() {
  stage_ = Stage::subscribing;
  following_ = false;
  open_deadline_ = Clock::now() + kOpenDeadline;
  StreamEvents events;
  events.opened = [this] {
    following_ = true;
    subscribed();
  };
  events.line = [this](std::string_view line) { event_line(line); };
  events.too_long = [this] {
    event_since_list_ = true;
    list_wanted_ = true;
  };
  events.ended = [this](int status, const std::string& error) { stream_ended(status, error); };
  client_.follow(events_path(), std::move(events));
}

// From here on events come in; what happened before is in the listing.
void Session::subscribed() {
  stage_ = Stage::following;
  connected_since_ = Clock::now();
  list_wanted_ = true;
}

void Session::stream_ended(int status, const std::string& error) {
  following_ = false;
  if (status < 400 || status > 499) {
    lost(error);
    return;
  }
  // A proxy before the engine forbids events: polling is slow, and better than nothing.
  status_.error = error + "; the containers are only listed from time to time";
  subscribed();
}

void Session::lost(const std::string& error) {
  client_.abort();
  table_.inspects_lost();
  listing_ = false;
  list_wanted_ = false;
  following_ = false;
  resync_ = resync_ || stage_ == Stage::following;
  const auto now = Clock::now();
  const bool long_lived = stage_ == Stage::following && now - connected_since_ >= kLongLived;
  stage_ = Stage::waiting;
  retry_at_ = now + (long_lived ? milliseconds(0) : backoff_.next());
  status_.connected = false;
  status_.error = error;
}

void Session::list() {
  if (!list_wanted_ || listing_ || client_.running() >= kMostTransfers) {
    return;
  }
  list_wanted_ = false;
  listing_ = true;
  table_.listing_starts();
  client_.get(api("/containers/json?all=1"), kListLimits, [this](const Reply& reply) { listed(reply); });
}

void Session::listed(const Reply& reply) {
  listing_ = false;
  const auto now = Clock::now();
  auto containers = reply.error.empty() ? decode_list(reply.body) : std::unexpected(reply.error);
  if (!containers) {
    // Whatever is published stays. The event stream is kept too: if the engine is gone, it says so itself.
    status_.connected = false;
    status_.error = reply.error.empty() ? "GET /containers/json: " + containers.error() : reply.error;
    next_list_ = now + backoff_.next();
    return;
  }
  backoff_.reset();
  next_list_ = now + options_.poll_interval;
  status_.containers = containers->size();
  status_.last_sync_ms = wall_ms();
  status_.connected = following_ || !options_.watch;
  if (status_.connected) {
    status_.error.clear();
  }
  if (std::exchange(resync_, false)) {
    ++status_.resyncs;
  }
  const bool surprise = table_.listed(std::move(*containers), identity_());
  if (surprise && following_ && !event_since_list_) {
    subscribe();  // things happen and the stream is silent: it is dead, whatever it looks like
  }
  event_since_list_ = false;
}

void Session::inspect_more() {
  // One place is left for a listing that waits.
  while (client_.running() < kMostTransfers) {
    const auto id = table_.next_inspect(Clock::now());
    if (!id) {
      return;
    }
    if (!is_id(*id)) {
      table_.not_there(*id);  // no id that an engine gives; it must not become part of a path
      continue;
    }
    client_.get(api("/containers/" + *id + "/json"), kInspectLimits,
                [this, id = *id](const Reply& reply) { inspected(id, reply); });
  }
}

void Session::inspected(const std::string& id, const Reply& reply) {
  if (reply.status == 404) {
    table_.not_there(id);
    return;
  }
  auto container = reply.error.empty() ? decode_inspect(reply.body) : std::unexpected(reply.error);
  if (container && container->id != id) {
    container = std::unexpected("the engine describes another container than was asked for");
  }
  if (container) {
    table_.inspected(id, std::move(*container));
  } else {
    table_.inspect_failed(id, reply.error.empty() ? "it cannot be inspected: " + container.error() : reply.error,
                          Clock::now());
  }
}

// Whether this very event has come before, on this stream or the last one.
bool Session::seen_before(const Event& event) {
  if (event.time_ns == 0) {
    return false;
  }
  std::string key = std::to_string(event.time_ns) + event.action + event.id + event.network_id;
  if (std::ranges::find(recent_, key) != recent_.end()) {
    return true;
  }
  recent_.push_back(std::move(key));
  if (recent_.size() > kRemembered) {
    recent_.pop_front();
  }
  return false;
}

void Session::event_line(std::string_view line) {
  event_since_list_ = true;
  const auto event = decode_event(line);
  if (!event) {
    list_wanted_ = true;  // something happened, and only a listing can tell what
    return;
  }
  status_.last_event_ms = wall_ms();
  if (!seen_before(*event)) {
    last_event_ns_ = std::max(last_event_ns_, event->time_ns);
    table_.happened(*event);
  }
}

void Session::publish(Clock::time_point now) {
  const bool due = table_.has_changes() && now >= last_publish_ + kCollect;
  if (due || table_.has_removals()) {
    auto update = table_.take_update();
    update.synced = synced_;
    sink_.publish(std::move(update));
    table_.published();
    last_publish_ = now;
  }
}

// Says once that the first full listing is complete, also when it showed nothing at all.
void Session::settle() {
  if (synced_ || status_.last_sync_ms == 0 || !table_.settled() || listing_) {
    return;
  }
  synced_ = true;
  auto update = table_.take_update();
  update.synced = true;
  update.containers = table_.ids();
  sink_.publish(std::move(update));
  table_.published();
  last_publish_ = Clock::now();
  if (!options_.watch) {
    stage_ = Stage::finished;
  }
}

void Session::report() {
  status_.problems = builder_.problems();
  for (auto& problem : table_.problems()) {
    status_.problems.push_back(std::move(problem));
  }
  if (status_ == reported_) {
    return;
  }
  // The clock and the count alone are news once a second; the rest at once.
  providers::EngineStatus quiet = status_;
  quiet.last_event_ms = reported_.last_event_ms;
  quiet.last_sync_ms = reported_.last_sync_ms;
  quiet.containers = reported_.containers;
  const auto now = Clock::now();
  if (quiet != reported_ || now >= reported_at_ + kReportEvery) {
    reported_ = status_;
    reported_at_ = now;
    sink_.report(status_);
  }
}

}  // namespace mooring::docker
