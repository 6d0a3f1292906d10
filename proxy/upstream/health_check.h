// HealthCheck: asks one endpoint again and again by one check's settings, and says when it is well, and when no more.
//
// Eager at first, and whenever it begins again: at once and then at the pace of the connect gate (probe.h) until the
// first answer that is good, so that an application which starts is let in in a moment. After that at the check's
// interval, ± 10 %, so that the checks of many endpoints do not go off together; `fall` bad answers in a row put the
// endpoint out, `rise` good ones let it in again. Runs as a task of the registry's scope, on the control loop; knows no
// states. Source: compat page, sections 3.5 and 9.3; docs/health-checks.md.
#pragma once

#include <memory>
#include <string>

#include "proxy/config/dynamic.h"
#include "proxy/loop/task_scope.h"
#include "proxy/loop/timer.h"
#include "proxy/upstream/health_request.h"

namespace mooring::upstream {

class HealthCheck {
 public:
  // Told at each change, and while it is sick whenever the reason is another one. Never from the constructor, and never
  // after the check was destroyed; the check may be destroyed by it.
  using Told = void (*)(void* context, bool well, const std::string& why);

  // Not `eager`: the endpoint is taken for well until it shows that it is not.
  HealthCheck(loop::EventLoop& loop, loop::TaskScope& scope, const config::ServerConfig& server,
              const config::HealthCheckConfig& config, const NameLookup& lookup, bool eager, Told told, void* context);
  ~HealthCheck();
  HealthCheck(const HealthCheck&) = delete;
  HealthCheck& operator=(const HealthCheck&) = delete;

  // The same settings, for the same address.
  bool is_for(const config::ServerConfig& server, const config::HealthCheckConfig& config) const;
  bool well() const;
  // What was known is forgotten: eager again.
  void begin_again();

 private:
  // Shared with the task, which may end after the check.
  struct State;
  static loop::Task<void> run(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace mooring::upstream
