#include "test/support/proxy_under_test.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ranges>
#include <set>
#include <stdexcept>
#include <utility>

namespace mooring::test {
namespace {

constexpr std::size_t kCells = 4;  // fixed for the process, whatever one test asks for

config::Options options_of(const ProxyPlan& plan) {
  std::signal(SIGPIPE, SIG_IGN);
  observe::set_worker_count(kCells);
  config::Options options;
  config::EntryPointOptions entry_point = plan.entry_point;
  entry_point.name = "web";
  entry_point.host = "127.0.0.1";
  options.entry_points.emplace("web", entry_point);
  options.forwarding_timeouts = plan.timeouts;
  return options;
}

config::FragmentPtr fragment_of(const Backend& backend, config::ServiceConfig service) {
  config::Fragment fragment;
  fragment.id = backend.container;
  fragment.origin.label = backend.container;
  fragment.origin.container_id = backend.container;
  fragment.origin.project = "shop";
  fragment.origin.service = "web";
  config::RouterConfig router;
  router.rule = "Host(`shop.test`)";
  router.service = "web";
  fragment.routers.emplace("web", router);
  config::ServerConfig server;
  server.id = backend.container + ":" + std::to_string(backend.port);
  server.host = "127.0.0.1";
  server.port = backend.port;
  service.servers.push_back(server);
  fragment.services.emplace("web", service);
  return std::make_shared<const config::Fragment>(std::move(fragment));
}

config::ContainerEvent state_of(const Backend& backend) {
  config::ContainerEvent event;
  event.kind = config::ContainerEvent::Kind::changed;
  event.container_id = backend.container;
  // Healthy by a health check: in the balance at once, without a probe that an upstream's script would have to expect.
  event.state = {.phase = backend.phase, .health = config::Health::healthy, .why = {}};
  return event;
}

}  // namespace

void KeptAccessLog::record(std::uint32_t /*worker*/, const observe::AccessRecord& record) {
  const std::lock_guard lock(mutex_);
  lines_.push_back({.client_host = std::string(record.client_host),
                    .method = std::string(record.method),
                    .target = std::string(record.target),
                    .status = record.status,
                    .body_bytes = record.body_bytes,
                    .router = std::string(record.router),
                    .server_url = std::string(record.server_url),
                    .failure = std::string(record.failure)});
}

std::vector<LoggedExchange> KeptAccessLog::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

bool KeptAccessLog::wait_for(std::size_t lines) const {
  return wait_until([&] { return size() >= lines; });
}

void KeptAccessLog::clear() {
  const std::lock_guard lock(mutex_);
  lines_.clear();
}

ProxyUnderTest::ProxyUnderTest(const ProxyPlan& plan)
    : options_(options_of(plan)), service_(plan.service), control_(options_) {
  if (plan.sticky) service_.sticky.emplace().cookie.name = "pin";
  auto address = loop::SocketAddress::from_ip("127.0.0.1", 0);
  for (std::size_t index = 0; index < plan.workers; ++index) {
    auto socket = loop::ListenSocket::bind_tcp(*address);
    if (!socket) throw std::runtime_error(socket.error());
    address = socket->address();
    std::vector<server::BoundEntryPoint> bound;
    bound.push_back({.index = 0, .options = &options_.entry_points.at("web"), .socket = std::move(*socket)});
    workers_.push_back(std::make_unique<server::Worker>(
        server::WorkerSetup{.index = static_cast<std::uint32_t>(index),
                            .options = options_,
                            .entry_points = std::move(bound),
                            .max_connections = plan.max_connections,
                            .hostname = "proxy",
                            .access = plan.access != nullptr ? plan.access : &log_,
                            .retire = [this](routing::SnapshotPtr snapshot) { control_.retire(std::move(snapshot)); },
                            .times = plan.times,
                            .load = plan.load}));
    control_.add_worker(*workers_.back());
  }
  control_.start(plan.providers);
  for (const auto& worker : workers_) worker->start();
  if (plan.providers.empty()) {
    wait_adopted(nullptr);
  } else {
    wait_listening();
  }
}

ProxyUnderTest::~ProxyUnderTest() {
  for (const auto& worker : workers_) worker->abort();
  if (!wait_ended()) {
    std::fputs("a worker did not end: something keeps its loop alive\n", stderr);
    std::abort();
  }
  for (const auto& worker : workers_) worker->join();
  control_.stop();
}

// Without a table the first sign of life is that somebody may connect.
void ProxyUnderTest::wait_listening() const {
  const bool listening = wait_until([&] {
    try {
      RawSocket::connect(port());
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  });
  if (!listening) throw std::runtime_error("nobody listens");
}

void ProxyUnderTest::wait_adopted(const routing::SnapshotPtr& before) const {
  const bool adopted = wait_until([&] {
    const routing::SnapshotPtr now = control_.snapshot();
    if (now == nullptr || now == before) return false;
    return std::ranges::all_of(workers_,
                               [&](const auto& worker) { return worker->view().generation == now->generation; });
  });
  if (!adopted) throw std::runtime_error("the table was not adopted");
  for (const auto& service : control_.snapshot()->services | std::views::values) {
    if (service.balancer == nullptr) continue;
    for (const upstream::Server& server : service.balancer->servers()) {
      endpoints_.insert_or_assign(server.config.id, server.endpoint);
    }
  }
}

void ProxyUnderTest::serve(const std::vector<Backend>& backends) {
  config::Update update;
  update.provider = "docker";
  std::set<std::string> kept;
  for (const Backend& backend : backends) {
    update.changed.push_back(fragment_of(backend, service_));
    update.states.push_back(state_of(backend));
    kept.insert(backend.container);
  }
  for (const auto& id : backends_ | std::views::keys) {
    if (!kept.contains(id)) update.removed.push_back(id);
  }
  backends_.clear();
  for (const Backend& backend : backends) backends_.emplace(backend.container, backend);
  update.synced = true;
  const routing::SnapshotPtr before = control_.snapshot();
  control_.publish(std::move(update));
  wait_adopted(before);
}

void ProxyUnderTest::observe(config::ContainerEvent::Kind kind, const Backend& backend) {
  config::ContainerEvent event = state_of(backend);
  event.kind = kind;
  const std::uint64_t before = control_.generation();
  control_.observe(event);
  if (!wait_until([&] { return control_.generation() != before; })) throw std::runtime_error("no change of state");
}

RawMessage ProxyUnderTest::ask(std::string_view request) const {
  RawSocket socket = client();
  socket.send(request);
  return socket.read_response(request.starts_with("HEAD ")).value_or(RawMessage{});
}

const upstream::Balancer& ProxyUnderTest::balancer() const {
  for (const auto& service : control_.snapshot()->services | std::views::values) {
    if (service.balancer != nullptr) return *service.balancer;
  }
  throw std::runtime_error("no service has a balancer");
}

server::WorkerView ProxyUnderTest::view() const {
  server::WorkerView all;
  for (const auto& worker : workers_) {
    const server::WorkerView view = worker->view();
    all.connections += view.connections;
    all.busy += view.busy;
    all.requests += view.requests;
    all.accept_withheld += view.accept_withheld;
    all.bad_proxy_headers += view.bad_proxy_headers;
    all.refused_for_load += view.refused_for_load;
    all.cut_for_load += view.cut_for_load;
  }
  return all;
}

std::int64_t ProxyUnderTest::sum(observe::Count upstream::EndpointCounters::* counter) const {
  std::int64_t sum = 0;
  for (const upstream::EndpointPtr& endpoint : endpoints_ | std::views::values) {
    sum += endpoint->counters.sum([counter](const upstream::EndpointCounters& cell) { return (cell.*counter).get(); });
  }
  return sum;
}

bool ProxyUnderTest::wait_quiet() const {
  return wait_until([this] { return in_flight() == 0 && view().busy == 0; });
}

void ProxyUnderTest::drain() {
  for (const auto& worker : workers_) worker->drain();
}

bool ProxyUnderTest::wait_ended() const {
  return wait_until(
      [this] { return std::ranges::all_of(workers_, [](const auto& worker) { return worker->ended(); }); });
}

std::string get(std::string_view path, std::string_view fields) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: shop.test\r\n" + std::string(fields) + "\r\n";
}

std::string post(std::string_view body, std::string_view fields) {
  return "POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(fields) + "\r\n" + std::string(body);
}

}  // namespace mooring::test
