// The Docker provider: follows one engine, and tells the sink what its containers' labels amount to.
//
// Owns a thread, the client and the container table. Subscribes to events first, lists then, so that nothing between is
// lost; lists everything again every poll interval; never gives up on an engine that is gone, and meanwhile keeps in
// force what it published. Decides nothing about traffic. Source: design, sections 5, 7 and 8; Docker Engine API.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "providers/docker/own_container.h"
#include "providers/provider.h"
#include "proxy/config/options.h"

namespace mooring::docker {

class Session;

class DockerProvider : public providers::Provider {
 public:
  // `identity` says where this process runs; asked at each listing, on the provider's thread.
  explicit DockerProvider(config::DockerOptions options, std::function<Identity()> identity = read_identity);
  ~DockerProvider() override;

  void start(providers::Sink& sink) override;
  void stop() override;

 private:
  config::DockerOptions options_;
  std::function<Identity()> identity_;
  std::unique_ptr<Session> session_;
  std::thread thread_;
};

}  // namespace mooring::docker
