// The files of the application log and the access log, opened by main while it still may, and again on SIGUSR1.
//
// One that cannot be opened does not keep the proxy from working: its lines go to standard output then, and a Problem
// says so. Main thread.
#pragma once

#include "proxy/config/options.h"
#include "proxy/config/problem.h"
#include "proxy/observe/log_file.h"

namespace mooring::cli {

class LogFiles {
 public:
  explicit LogFiles(const config::Options& options);

  int application() const { return application_.descriptor(); }
  int access() const { return access_.descriptor(); }
  const config::Problems& problems() const { return problems_; }
  // After rotation. What went wrong goes to the application log.
  void reopen() const;

 private:
  observe::LogFile open(const std::string& path, std::string_view key);

  config::Problems problems_;
  observe::LogFile application_;
  observe::LogFile access_;
};

}  // namespace mooring::cli
