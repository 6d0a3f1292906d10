#include "proxy/cli/run.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "providers/docker/provider.h"
#include "providers/file/provider.h"
#include "proxy/admin/api_handler.h"
#include "proxy/cli/cpu_count.h"
#include "proxy/cli/exit_code.h"
#include "proxy/cli/log_files.h"
#include "proxy/cli/memory_limit.h"
#include "proxy/cli/privileges.h"
#include "proxy/cli/process_options.h"
#include "proxy/cli/reload.h"
#include "proxy/cli/sockets.h"
#include "proxy/observe/access_log.h"
#include "proxy/observe/access_switch.h"
#include "proxy/observe/log.h"
#include "proxy/server/control_plane.h"
#include "proxy/server/fixed_server.h"
#include "proxy/server/limits.h"

namespace mooring::cli {
namespace {

std::string docker_socket_path(const config::Options& options) {
  constexpr std::string_view kScheme = "unix://";
  if (!options.docker.enabled || !options.docker.endpoint.starts_with(kScheme)) return {};
  return options.docker.endpoint.substr(kScheme.size());
}

std::string hostname() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

// How many client connections a worker may hold: each may need an upstream connection beside it.
std::size_t connections_a_worker(std::size_t workers) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const auto descriptors = std::min<std::size_t>(limit.rlim_cur, 4'000'000);
  const std::size_t left =
      descriptors > server::kReservedDescriptors * 2 ? descriptors - server::kReservedDescriptors : descriptors / 2;
  return std::max<std::size_t>(left / 2 / workers, 8);
}

void print(const config::Problems& problems) {
  for (const config::Problem& problem : problems) std::fprintf(stderr, "%s\n", config::to_line(problem).c_str());
}

// Signals that main waits for; blocked before any thread is made, so that every thread inherits that.
sigset_t awaited_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGUSR1);
  return signals;
}

// How long the end may take once nothing is in flight any more: `docker stop` kills after ten seconds in all.
constexpr std::chrono::seconds kLastWait{2};

class Proxy {
 public:
  // `flags` and `known`, the Problems of the start: for SIGHUP.
  Proxy(const config::OptionsResult& read, const std::vector<std::string>& flags, SocketsByWorker sockets,
        ControlSocket control, const LogFiles& logs)
      : options_(read.options),
        logs_(logs),
        flags_(flags),
        known_(read.problems),
        running_(read.options),
        control_(options_) {
    const config::Options& options = options_;
    if (options.access_log.enabled) access_log_ = std::make_unique<observe::AccessSwitch>(make_access_log(options));
    std::size_t index = 0;
    const std::size_t max_connections = connections_a_worker(sockets.size());
    const server::LoadLimits load{.buffered = buffered_a_worker(usable_memory(), sockets.size())};
    for (std::vector<server::BoundEntryPoint>& bound : sockets) {
      workers_.push_back(std::make_unique<server::Worker>(
          server::WorkerSetup{.index = static_cast<std::uint32_t>(index++),
                              .options = options,
                              .entry_points = std::move(bound),
                              .max_connections = max_connections,
                              .hostname = hostname(),
                              .access = access_log_.get(),
                              .retire = [this](routing::SnapshotPtr snapshot) { control_.retire(std::move(snapshot)); },
                              .load = load}));
      control_.add_worker(*workers_.back());
    }
    control_.add_internal(admin::internal_routes(options), admin::internal_services(control_));
    control_.use_journal(std::move(control.journal));
    if (control.socket) open_control_socket(std::move(*control.socket));
    if (control.problem) add_problem(std::move(*control.problem));
    if (options.docker.enabled) providers_["docker"] = std::make_unique<docker::DockerProvider>(options.docker);
    if (options.file_provider.enabled) {
      auto files = std::make_unique<file::FileProvider>(options.file_provider);
      files_ = files.get();
      providers_["file"] = std::move(files);
    }
  }

  // Before start().
  void add_problem(config::Problem problem) {
    observe::log_problem(problem);
    control_.add_problem(std::move(problem));
  }

  void start() {
    std::set<std::string> names;
    for (const auto& [name, provider] : providers_) names.insert(name);
    control_.start(std::move(names));
    for (const auto& worker : workers_) worker->start();
    for (const auto& [name, provider] : providers_) provider->start(control_);
  }

  // Waits for the first signal to end, then ends in order; a second one ends at once.
  void run(const sigset_t& signals) {
    int signal = 0;
    for (::sigwait(&signals, &signal); on_signal(signal); ::sigwait(&signals, &signal)) {
    }
    observe::log_info("{}: no new connections, what runs may end", signal == SIGTERM ? "SIGTERM" : "SIGINT");
    control_.set_terminating();
    for (const auto& worker : workers_) worker->drain();
    const timespec moment{.tv_sec = 0, .tv_nsec = 20'000'000};
    while (!std::ranges::all_of(workers_, [](const auto& worker) { return worker->ended(); })) {
      const int another = ::sigtimedwait(&signals, nullptr, &moment);
      if (another < 0 || on_signal(another)) continue;
      observe::log_warning("a second signal: ending at once");
      for (const auto& worker : workers_) worker->abort();
    }
    for (const auto& worker : workers_) worker->join();
    stop_in_time(signals);
  }

 private:
  // Nobody is served any more. What is left ends by itself within moments, but for a name that is being looked up: that
  // cannot be called back, and takes as long as the resolver likes. So it is waited for only so long.
  void stop_in_time(const sigset_t& signals) {
    std::atomic<bool> stopped{false};
    std::thread stopping([&] {
      stop();
      stopped = true;
    });
    const auto latest = std::chrono::steady_clock::now() + kLastWait;
    const timespec moment{.tv_sec = 0, .tv_nsec = 5'000'000};
    while (!stopped) {
      const int another = ::sigtimedwait(&signals, nullptr, &moment);
      const bool at_once = another == SIGTERM || another == SIGINT;
      if (!at_once && std::chrono::steady_clock::now() < latest) continue;
      observe::log_warning("{}: ending without it",
                           at_once ? "a second signal" : "something does not end, most likely a name's look-up");
      access_log_.reset();
      observe::stop_log();
      ::_exit(kExitOk);
    }
    stopping.join();
  }

  // Signals that the process goes on after. False: this one ends it.
  bool on_signal(int signal) {
    switch (signal) {
      case SIGHUP:
        take_options();
        if (files_ != nullptr) files_->reload();
        return true;
      case SIGUSR1:
        logs_.reopen();
        return true;
      default:
        return false;
    }
  }

  // Reads the sources of the options again, and takes what can be taken.
  void take_options() {
    Reload reload = reload_options(flags_, running_, known_);
    if (!reload.refused && reload.options.log != running_.log) {
      observe::start_log(reload.options.log, logs_.application());
    }
    if (!reload.refused && access_log_ != nullptr && reload.options.access_log != running_.access_log) {
      access_log_->replace(make_access_log(reload.options));
    }
    log_reload(reload);
    if (!reload.refused) std::ranges::move(reload.problems, std::back_inserter(known_));
    running_ = std::move(reload.options);
  }

  std::unique_ptr<observe::AccessLog> make_access_log(const config::Options& options) const {
    return std::make_unique<observe::AccessLog>(logs_.access(), options.access_log);
  }

  void open_control_socket(loop::ListenSocket socket) {
    control_handler_ = admin::control_handler(control_, control_);
    control_server_ = std::make_unique<server::FixedServer>(
        control_.loop(), static_cast<std::uint32_t>(workers_.size()), *control_handler_);
    control_server_->listen(std::move(socket));
  }

  void stop() {
    for (const auto& [name, provider] : providers_) provider->stop();
    if (control_server_ != nullptr) {
      control_.loop().post([this] { control_server_->close(true); });
      ::unlink(options_.control_socket.c_str());
    }
    control_.stop();
    // Its connections are being closed: each ends with an event, and until then there is nothing to do.
    while (control_server_ != nullptr && control_server_->connections() != 0) control_.loop().run_once(true);
    control_server_.reset();
  }

  const config::Options& options_;  // of the start: what everything was built from
  const LogFiles& logs_;
  const std::vector<std::string> flags_;
  config::Problems known_;   // told before
  config::Options running_;  // options_ with what SIGHUP has brought
  std::unique_ptr<observe::AccessSwitch> access_log_;
  server::ControlPlane control_;
  std::vector<std::unique_ptr<server::Worker>> workers_;
  std::map<std::string, std::unique_ptr<providers::Provider>> providers_;
  file::FileProvider* files_ = nullptr;  // one of them, or null
  std::shared_ptr<const http::Handler> control_handler_;
  std::unique_ptr<server::FixedServer> control_server_;
};

}  // namespace

int run_proxy(const std::vector<std::string>& flags) {
  const config::OptionsResult read = read_process_options(flags);
  if (!read.ok()) {
    print(read.problems);
    return kExitUsage;
  }
  const config::Options& options = read.options;
  const auto workers = static_cast<std::size_t>(options.workers > 0 ? options.workers : usable_cpus());
  observe::set_worker_count(workers);
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = awaited_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  auto sockets = bind_entry_points(options, workers);
  if (!sockets) {
    std::fprintf(stderr, "error: %s\n", sockets.error().c_str());
    return kExitFailure;
  }
  ControlSocket control = bind_control_socket(options);
  const LogFiles logs(options);
  std::optional<config::Problem> rights = give_up_root(docker_socket_path(options));
  observe::start_log(options.log, logs.application());
  {
    Proxy proxy(read, flags, std::move(*sockets), std::move(control), logs);
    for (const config::Problem& problem : logs.problems()) proxy.add_problem(problem);
    for (const config::Problem& problem : read.problems) proxy.add_problem(problem);
    if (rights) proxy.add_problem(std::move(*rights));
    proxy.start();
    for (const auto& [name, entry_point] : options.entry_points) {
      for (const std::string& address : addresses_of(entry_point)) {
        observe::log_info("entry point {} listens on {} with {} workers", name, address, workers);
      }
    }
    proxy.run(signals);
  }
  observe::log_info("ended");
  observe::stop_log();
  return kExitOk;
}

}  // namespace mooring::cli
