// The engine's replies, decoded: JSON text in, plain values out. Pure functions, any thread; fuzzed.
//
// What is missing or has the wrong type is taken as absent, for the engine's fields differ from version to version and
// a proxy in between may cut them. Only text that is no JSON at all, is nested too deeply or has the wrong outermost
// type is an error (a sentence for people). Nothing throws.
// Source: Docker Engine API v1.24 to v1.52: container list, container inspect, system events, version.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/docker/container.h"

namespace mooring::docker {

// Deeper nesting than any reply of the engine has (about 7 levels); more is hostile or garbage.
inline constexpr int kMaxJsonDepth = 64;

struct Event {
  std::string type;    // "container" or "network"
  std::string action;  // "start", "kill", … ; of "health_status: healthy" the part before the colon
  std::string detail;  // … and the part after it
  std::string id;      // the container's id, also for a network event (Attributes.container)
  std::string network_id;
  std::string network;  // its name
  int signal = 0;       // of "kill"
  Labels labels;        // Actor.Attributes: the container's labels, and a few more
  std::int64_t time_ns = 0;

  bool operator==(const Event&) const = default;
};

struct Version {
  std::string version;      // "20.10.24"
  std::string api_version;  // "1.41"
  std::string min_api_version;

  bool operator==(const Version&) const = default;
};

template <typename T>
using Decoded = std::expected<T, std::string>;

Decoded<std::vector<Container>> decode_list(std::string_view text);
Decoded<Container> decode_inspect(std::string_view text);
Decoded<Event> decode_event(std::string_view line);
Decoded<Version> decode_version(std::string_view text);

// The engine's own words in an error reply ({"message": …}), or empty.
std::string decode_message(std::string_view text);

// "SIGTERM", "term", "15", "SIGRTMIN+3" -> a number.
std::optional<int> signal_number(std::string_view text);

// RFC 3339 with up to nanoseconds ("2026-11-22T16:52:16.461044884Z", or an offset) -> nanoseconds since the epoch, or
// 0.
std::int64_t parse_time(std::string_view text);

}  // namespace mooring::docker
