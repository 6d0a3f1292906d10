// A Docker Engine for tests of the provider: a unix socket that answers as it is told to, faults included.
//
// Owned by the test; one thread accepts, one serves each connection. Containers are plain descriptions; what they do is
// what the test says with emit(). It checks nothing and knows no Docker beyond the three shapes it writes: list entry,
// inspect, event. Source: Docker Engine API v1.41, as a real engine (20.10) answers.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace mooring::docker {

struct FakeContainer {
  std::string id;
  std::string name = "web";
  std::map<std::string, std::string> labels;
  std::string status = "running";
  std::string health;  // "", "starting", "healthy", "unhealthy"
  std::map<std::string, std::string> networks = {{"bridge", "172.17.0.2"}};
  std::vector<std::string> ports = {"80/tcp"};
  std::string network_mode = "bridge";
  std::string stop_signal;

  std::string list_entry() const;
  std::string inspect() const;
};

// A full id from a short name: 64 hex digits.
std::string full_id(unsigned number);

std::string event_line(const std::string& action, const FakeContainer& container, const std::string& signal = "");

class ScriptedEngine {
 public:
  enum class Fault { none, hang, cut, garbage, huge, forbidden, failing };

  ScriptedEngine();
  ~ScriptedEngine();

  std::string endpoint() const { return "unix://" + path_; }
  // What the engine knows from now on; nothing is emitted.
  void put(const FakeContainer& container);
  void forget(const std::string& id);
  // How requests for paths that contain `part` are answered from now on. A hung request is answered when the fault
  // ends.
  void set_fault(const std::string& part, Fault fault);
  void set_ping_version(std::string version);
  void set_version_body(std::string body);

  void emit(const std::string& line);
  void emit_raw(const std::string& bytes);
  void cut_events();
  // The engine goes away, with its socket; and is back behind a new one.
  void go_down();
  void come_up();

  std::size_t requests(const std::string& part) const;
  // Waits until that many requests for `part` were seen; false after ten seconds.
  bool wait_requests(const std::string& part, std::size_t count);
  bool wait_subscribed(std::size_t count = 1);

 private:
  void accept_loop(int listener);
  void serve(int connection);
  void answer(int connection, const std::string& path);
  std::string body_for(const std::string& path, int& status) const;
  Fault fault_for(const std::string& path) const;

  std::string folder_, path_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, FakeContainer> containers_;
  std::map<std::string, Fault> faults_;
  std::vector<std::string> log_;
  std::set<int> open_, streams_;
  std::string ping_version_ = "1.41";
  std::string version_body_ = R"({"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12"})";
  int listener_ = -1;
  std::size_t subscriptions_ = 0;
  bool down_ = true;
  std::thread acceptor_;
  std::vector<std::thread> servers_;
};

}  // namespace mooring::docker
