// How many CPUs this process may use: the affinity mask, cut by the cgroup's quota (v1 and v2). At least 1.
#pragma once

namespace mooring::cli {

int usable_cpus();

}  // namespace mooring::cli
