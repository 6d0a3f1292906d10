// What labels say of a service's health checks, and what our own keys say of it: collected key by key, then settled.
//
// A value that changes what a check asks (path, port, mode, a header …) and cannot be read ends that check, because
// another question may well be answered "sick"; one that only says how often or how patiently leaves its default. Plain
// values, owned by the label decoder. Source: compat page, section 3.5; docs/health-checks.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/config/dynamic.h"
#include "proxy/config/label_owners.h"

namespace mooring::config {

// Labels are untrusted: nobody may have an endpoint flooded by writing a short interval, or keep us busy with headers.
inline constexpr std::chrono::milliseconds kShortestCheckInterval{100};
inline constexpr std::size_t kMostCheckHeaders = 64;
inline constexpr std::size_t kLongestCheckPath = 2'048;
inline constexpr std::int64_t kMostAttempts = 10'000;  // of rise, fall and maxFailedAttempts
inline constexpr std::int64_t kMostQueued = 1'000'000;

// `field` of healthCheck: "path", "interval" … in Traefik's spelling; `header` is the name below "headers".
std::optional<Finding> take_check(HealthLabels& health, std::string_view field, std::string_view header,
                                  std::string_view value);
std::optional<Finding> take_passive(HealthLabels& health, std::string_view field, std::string_view value);
std::optional<Finding> take_strategy(Strategy& strategy, std::string_view value);
// Our own: section "healthCheck" (rise, fall) or "queue" (timeout, size).
std::optional<Finding> take_own(OwnKeys& own, std::string_view section, std::string_view field, std::string_view value);

// What follows from all keys: the default of unhealthyInterval, and no check where it cannot be made.
void settle_health(const HealthLabels& health, DecodedService& service);
// Our own keys into the service. False: rise or fall stand there, and the service has no check.
bool settle_own(const OwnKeys& own, DecodedService& service);

}  // namespace mooring::config
