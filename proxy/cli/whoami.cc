#include "proxy/cli/whoami.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <optional>
#include <utility>

#include "proxy/cli/exit_code.h"
#include "proxy/cli/whoami_handler.h"
#include "proxy/config/printable.h"
#include "proxy/loop/listener.h"
#include "proxy/loop/signals.h"
#include "proxy/loop/task_scope.h"
#include "proxy/loop/timer.h"
#include "proxy/server/connection.h"

namespace mooring::cli {
namespace {

constexpr std::uint64_t kSettleMs = 20;

// `--verbose`: what was asked and what was said, a line each.
class PrintedRequests final : public observe::AccessSink {
 public:
  void record(std::uint32_t /*worker*/, const observe::AccessRecord& record) override {
    const std::string target = config::printable(record.target);
    const std::string client = config::printable(record.client_host);
    std::printf("%s %.*s %s %u %llu\n", client.c_str(), static_cast<int>(record.method.size()), record.method.data(),
                target.c_str(), static_cast<unsigned>(record.status),
                static_cast<unsigned long long>(record.body_bytes));
    std::fflush(stdout);
  }
};

}  // namespace

struct WhoamiServer::Running {
  enum class Phase : std::uint8_t { serving, stopping, ended };

  Running(loop::EventLoop& on, const WhoamiOptions& with, loop::ListenSocket bound)
      : loop(on),
        options(with),
        address(bound.address()),
        socket(std::move(bound)),
        handler(with.name),
        exchanges(on, 0, nullptr),
        pause(on),
        connections(on),
        life(on),
        group{.loop = on,
              .exchanges = exchanges,
              .options = entry_point,
              .root = handler,
              .limits = limits,
              .own_hostname = {}} {
    group.as_received = true;
    if (options.verbose) group.access = &printed;
    group.on_closed = [this] {
      // The grace period is over when nobody is left.
      if (in_grace && group.connections == 0) pause.wake();
    };
  }

  loop::Task<void> live();
  loop::Task<void> go();
  void listen();

  loop::EventLoop& loop;
  WhoamiOptions options;
  loop::SocketAddress address;
  std::optional<loop::ListenSocket> socket;
  WhoamiHandler handler;
  config::EntryPointOptions entry_point;
  http::HeadLimits limits;
  server::ExchangeCache exchanges;
  PrintedRequests printed;
  loop::Sleep pause;
  loop::TaskScope connections;
  loop::TaskScope life;
  server::ConnectionGroup group;
  std::unique_ptr<loop::Listener> listener;
  Phase phase = Phase::serving;
  bool in_grace = false;
  std::string problem;
};

void WhoamiServer::Running::listen() {
  if (!socket) return;
  const auto accept = [this](std::unique_ptr<loop::SocketStream> stream) {
    connections.spawn(server::Connection::serve(group, std::move(stream)));
  };
  try {
    listener = std::make_unique<loop::Listener>(loop, std::move(*socket), accept);
  } catch (const std::exception& error) {
    problem = error.what();
    phase = Phase::ended;
  }
  socket.reset();
}

loop::Task<void> WhoamiServer::Running::live() {
  if (options.start_delay.count() > 0) co_await pause.wait(static_cast<std::uint64_t>(options.start_delay.count()));
  if (phase == Phase::serving) listen();
}

// What stop() starts.
loop::Task<void> WhoamiServer::Running::go() {
  if (listener != nullptr) listener->close();
  socket.reset();
  // Connections that were just taken out of the kernel's queue may have a request in them: they get time to be read.
  group.closing = true;
  co_await pause.wait(kSettleMs);
  group.close_idle();
  if (options.stop_delay.count() > 0) co_await pause.wait(static_cast<std::uint64_t>(options.stop_delay.count()));
  in_grace = true;
  if (group.connections != 0) co_await pause.wait(static_cast<std::uint64_t>(kGrace.count()));
  group.close_all();
  co_await connections.join();
  phase = Phase::ended;
}

std::expected<std::unique_ptr<WhoamiServer>, std::string> WhoamiServer::make(loop::EventLoop& loop,
                                                                             const WhoamiOptions& options) {
  const auto address = loop::SocketAddress::from_ip(options.address, options.port);
  if (!address) return std::unexpected("\"" + config::printable(options.address) + "\" is not an IP address");
  auto socket = loop::ListenSocket::bind_tcp(*address);
  if (!socket) return std::unexpected(socket.error());
  auto running = std::make_unique<Running>(loop, options, std::move(*socket));
  running->life.spawn(running->live());
  return std::unique_ptr<WhoamiServer>(new WhoamiServer(std::move(running)));
}

WhoamiServer::WhoamiServer(std::unique_ptr<Running> running) : running_(std::move(running)) {}
WhoamiServer::~WhoamiServer() = default;

const loop::SocketAddress& WhoamiServer::address() const {
  return running_->address;
}
bool WhoamiServer::ended() const {
  return running_->phase == Running::Phase::ended;
}
const std::string& WhoamiServer::problem() const {
  return running_->problem;
}

void WhoamiServer::stop() {
  Running& running = *running_;
  if (running.phase == Running::Phase::ended) return;
  if (running.phase == Running::Phase::serving) {
    running.phase = Running::Phase::stopping;
    // A start delay that still runs ends here, and live() with it.
    running.pause.wake();
    running.pause.reset();
    running.life.spawn(running.go());
  } else {
    running.pause.wake();  // and stays woken: no pause is made any more
  }
}

int run_whoami(const WhoamiOptions& options) {
  loop::EventLoop loop;
  auto server = WhoamiServer::make(loop, options);
  const auto complain = [](const std::string& text) {
    std::fprintf(stderr, "mooring whoami: %s\n", text.c_str());
    return kExitFailure;
  };
  if (!server) return complain(server.error());
  const loop::Signals signals(loop, {SIGTERM, SIGINT}, [&server](int /*signal*/) { (*server)->stop(); });
  std::printf("whoami listens on %s\n", (*server)->address().to_string().c_str());
  std::fflush(stdout);
  loop.run();
  if (!(*server)->problem().empty()) return complain((*server)->problem());
  return kExitOk;
}

}  // namespace mooring::cli
