#include "proxy/cli/cpu_count.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace mooring::cli {
namespace {

// CPUs by quota, rounded up; 0: no quota.
int quota_cpus() {
  std::ifstream v2("/sys/fs/cgroup/cpu.max");
  std::string quota;
  long period = 0;
  if (v2 >> quota >> period && quota != "max" && period > 0) {
    const long allowed = std::strtol(quota.c_str(), nullptr, 10);
    return static_cast<int>((allowed + period - 1) / period);
  }
  std::ifstream v1_quota("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  std::ifstream v1_period("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  long allowed = -1;
  if (v1_quota >> allowed && v1_period >> period && allowed > 0 && period > 0) {
    return static_cast<int>((allowed + period - 1) / period);
  }
  return 0;
}

}  // namespace

int usable_cpus() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  int cpus = 1;
  if (::sched_getaffinity(0, sizeof(mask), &mask) == 0) cpus = CPU_COUNT(&mask);
  const int quota = quota_cpus();
  if (quota > 0) cpus = std::min(cpus, quota);
  return std::max(cpus, 1);
}

}  // namespace mooring::cli
