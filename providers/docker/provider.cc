#include "providers/docker/provider.h"

#include <utility>

#include "providers/docker/session.h"

namespace mooring::docker {

DockerProvider::DockerProvider(config::DockerOptions options, std::function<Identity()> identity)
    : options_(std::move(options)), identity_(std::move(identity)) {}

DockerProvider::~DockerProvider() {
  stop();
}

void DockerProvider::start(providers::Sink& sink) {
  auto endpoint = read_endpoint(options_);
  if (!endpoint) {
    // The options reader refuses such an endpoint at start; here it is only said.
    providers::EngineStatus status;
    status.endpoint = options_.endpoint;
    status.error = endpoint.error();
    sink.report(std::move(status));
    return;
  }
  session_ = std::make_unique<Session>(options_, std::move(*endpoint), identity_, sink);
  thread_ = std::thread([this] { session_->run(); });
}

void DockerProvider::stop() {
  if (thread_.joinable()) {
    session_->stop();
    thread_.join();
  }
}

}  // namespace mooring::docker
