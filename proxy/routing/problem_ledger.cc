#include "proxy/routing/problem_ledger.h"

#include <memory>
#include <utility>

namespace mooring::routing {

config::Problems ProblemLedger::settle(config::Edition edition) {
  config::Problems fresh;
  for (const auto& [problem, change] : std::exchange(changes_, {})) {
    if (change == 0) continue;
    const auto [reasons, is_new] = reasons_.try_emplace(problem, 0);
    reasons->second += change;
    if (is_new) {
      standing_.put(std::make_shared<const config::Problem>(problem), edition);
      fresh.push_back(problem);
    } else if (reasons->second == 0) {
      standing_.erase(problem, edition);
      reasons_.erase(reasons);
    }
  }
  return fresh;
}

}  // namespace mooring::routing
