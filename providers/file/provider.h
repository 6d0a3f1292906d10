// The file provider: follows one file or one directory of dynamic configuration, and tells the sink what they amount
// to.
//
// Owns a thread that looks (listing.h) when inotify rings or, as a safety net, every other second. A half-written file
// never takes effect (file_table.h). Decides nothing about traffic. Source: design, section 7; Traefik's
// providers.file.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "providers/file/file_table.h"
#include "providers/provider.h"
#include "proxy/config/options.h"

namespace mooring::file {

class FileProvider : public providers::Provider {
 public:
  explicit FileProvider(config::FileOptions options, Pace pace = {});
  ~FileProvider() override;

  void start(providers::Sink& sink) override;
  void stop() override;
  // Reads everything again, changed or not, also where nothing is watched (SIGHUP). Any thread, between start and stop.
  void reload();

 private:
  void run(providers::Sink& sink);

  config::FileOptions options_;
  Pace pace_;
  Watch watch_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> reload_{false};
  std::thread thread_;
};

}  // namespace mooring::file
