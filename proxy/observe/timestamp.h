// Wall-clock times as people and scripts read them. Of UTC, so that a log of a server in another zone stays comparable;
// only ClockText knows the zone of TZ, for Traefik's StartLocal.
//
// Pure functions, any thread. Sources: RFC 3339; Apache's common log format.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace mooring::observe {

// "2026-11-22T07:13:26.586Z".
std::string rfc3339(std::int64_t ms_since_epoch);
// "22/Nov/2026:07:13:26 +0000".
std::string common_log_time(std::int64_t seconds_since_epoch);

std::int64_t wall_ms();

// A time as Traefik's JSON has it, the parts that stay for a second made once a second. One thread.
class ClockText {
 public:
  // `local`: in the zone of TZ, else in UTC.
  void set(std::chrono::system_clock::time_point time, bool local);
  const std::string& second() const { return second_; }  // "2026-11-22T07:13:26"
  const std::string& zone() const { return zone_; }      // "Z", "+02:00"
  // ".586", without trailing zeros; empty on a whole second.
  const std::string& fraction(std::chrono::system_clock::time_point time);

 private:
  std::int64_t at_ = -1;
  std::string second_;
  std::string zone_;
  std::string fraction_;
};

}  // namespace mooring::observe
