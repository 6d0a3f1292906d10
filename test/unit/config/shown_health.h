// What a service says of balancing and health, as the golden files of labels and of files have it.
#pragma once

#include <ostream>

#include "proxy/config/dynamic.h"
#include "proxy/config/printable.h"

namespace mooring::config {

inline void show(std::ostream& out, const HealthCheckConfig& check) {
  out << "  check " << check.method << " " << (check.path.empty() ? "/" : check.path);
  if (!check.scheme.empty()) out << " scheme=" << check.scheme;
  if (check.port != 0) out << " port=" << check.port;
  if (!check.hostname.empty()) out << " host=" << check.hostname;
  if (check.status != 0) out << " status=" << check.status;
  for (const auto& [name, value] : check.headers) out << " " << name << "=" << printable(value);
  out << " every " << check.interval.count() << "ms, sick " << check.unhealthy_interval.count() << "ms, within "
      << check.timeout.count() << "ms, rise " << check.rise << ", fall " << check.fall;
  if (!check.follow_redirects) out << ", follows no redirect";
  out << "\n";
}

// What a service says of balancing and health; as little as possible where it says nothing.
template <typename Service>
void show_health(std::ostream& out, const Service& service) {
  if (service.strategy != Strategy::wrr) out << "  strategy " << to_string(service.strategy) << "\n";
  if (service.health_check) show(out, *service.health_check);
  if (service.passive_health_check) {
    out << "  passive check: " << service.passive_health_check->max_failed_attempts << " in "
        << service.passive_health_check->failure_window.count() << "ms\n";
  }
  if (service.queue != QueueConfig{}) {
    out << "  queue " << service.queue.timeout.count() << "ms, " << service.queue.size << "\n";
  }
}

}  // namespace mooring::config
