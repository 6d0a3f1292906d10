// ProxyUnderTest: the data plane as the program wires it (control plane, workers, access log) on a port of its own,
// with the table that a provider would have given it, made by the test.
//
// Runs on threads of its own; the test's thread talks to it over sockets and looks at counters. The destructor ends it
// as a second SIGTERM would and fails loudly when something keeps a worker's loop alive: that is a handle left open.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "proxy/config/options.h"
#include "proxy/observe/access_record.h"
#include "proxy/server/control_plane.h"
#include "proxy/server/worker.h"
#include "test/support/raw_socket.h"

namespace mooring::test {

struct LoggedExchange {
  std::string client_host;
  std::string method;
  std::string target;
  std::uint16_t status = 0;
  std::uint64_t body_bytes = 0;
  std::string router;
  std::string server_url;
  std::string failure;
};

class KeptAccessLog final : public observe::AccessSink {
 public:
  void record(std::uint32_t worker, const observe::AccessRecord& record) override;
  std::vector<LoggedExchange> lines() const;
  std::size_t size() const { return lines().size(); }
  bool wait_for(std::size_t lines) const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::vector<LoggedExchange> lines_;
};

// A container that serves.
struct Backend {
  std::uint16_t port;
  std::string container = "c" + std::to_string(port);
  config::Phase phase = config::Phase::running;
};

struct ProxyPlan {
  std::size_t workers = 1;
  std::size_t max_connections = 10'000;
  config::EntryPointOptions entry_point;  // host and port are set here
  config::ForwardingTimeouts timeouts;
  server::TimeLimits times;
  server::LoadLimits load;
  bool sticky = false;
  config::ServiceConfig service;          // its other settings; servers are set here
  observe::AccessSink* access = nullptr;  // instead of ProxyUnderTest::log()
  std::set<std::string> providers;        // whose first listing is waited for
};

class ProxyUnderTest {
 public:
  explicit ProxyUnderTest(const ProxyPlan& plan = {});
  ~ProxyUnderTest();
  ProxyUnderTest(const ProxyUnderTest&) = delete;
  ProxyUnderTest& operator=(const ProxyUnderTest&) = delete;

  // The table from here on: Host(`shop.test`) leads to these. Returns when every worker routes by it.
  void serve(const std::vector<Backend>& backends);
  // The settings of the service in the next table.
  config::ServiceConfig& service() { return service_; }
  // What the engine says of a container, as an event between two listings; returns when it is in force.
  void observe(config::ContainerEvent::Kind kind, const Backend& backend);

  std::uint16_t port() const { return workers_.front()->port(0); }
  RawSocket client(int receive_buffer = 0) const { return RawSocket::connect(port(), receive_buffer); }
  // One request on a connection of its own.
  RawMessage ask(std::string_view request) const;

  KeptAccessLog& log() { return log_; }
  server::ControlPlane& control() { return control_; }
  server::Worker& worker(std::size_t index = 0) { return *workers_[index]; }
  server::WorkerView view() const;  // of all workers together

  // Of the last table; there must be one with an endpoint.
  const upstream::Balancer& balancer() const;

  // Over all endpoints that ever were.
  std::int64_t sum(observe::Count upstream::EndpointCounters::* counter) const;
  std::int64_t in_flight() const { return sum(&upstream::EndpointCounters::in_flight); }
  std::int64_t upstream_connections() const { return sum(&upstream::EndpointCounters::connections); }
  // Waits until nothing is in progress any more, neither with a client nor with an upstream.
  bool wait_quiet() const;
  void drain();
  bool wait_ended() const;

 private:
  void wait_listening() const;
  void wait_adopted(const routing::SnapshotPtr& before) const;

  config::Options options_;
  config::ServiceConfig service_;
  KeptAccessLog log_;
  server::ControlPlane control_;
  std::vector<std::unique_ptr<server::Worker>> workers_;
  std::map<std::string, Backend> backends_;                         // by container
  mutable std::map<std::string, upstream::EndpointPtr> endpoints_;  // all that ever were
};

// "GET / HTTP/1.1" with Host, and what is given behind it.
std::string get(std::string_view path = "/", std::string_view fields = {});
std::string post(std::string_view body, std::string_view fields = {});

}  // namespace mooring::test
