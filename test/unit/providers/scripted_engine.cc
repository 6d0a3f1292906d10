#include "test/unit/providers/scripted_engine.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

namespace mooring::docker {

namespace {

using Json = nlohmann::json;

Json networks_json(const FakeContainer& container) {
  Json networks = Json::object();
  for (const auto& [name, address] : container.networks) {
    networks[name] = {{"NetworkID", "id-of-" + name},
                      {"IPAddress", address},
                      {"GlobalIPv6Address", ""},
                      {"MacAddress", "02:42:ac:11:00:02"},
                      {"Gateway", "172.17.0.1"}};
  }
  return networks;
}

void send_all(int connection, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t now = ::send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (now <= 0) {
      return;
    }
    sent += static_cast<std::size_t>(now);
  }
}

std::string chunk(const std::string& bytes) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return size + bytes + "\r\n";
}

}  // namespace

std::string full_id(unsigned number) {
  char text[65];
  std::snprintf(text, sizeof text, "%064x", number);
  return text;
}

std::string FakeContainer::list_entry() const {
  Json entry{{"Id", id},
             {"Names", {"/" + name}},
             {"Image", "app:1"},
             {"Created", 1795366},
             {"Labels", labels},
             {"State", status},
             {"Status", health.empty()
                            ? "Up 4 seconds"
                            : "Up 4 seconds (" + std::string(health == "starting" ? "health: " : "") + health + ")"},
             {"HostConfig", {{"NetworkMode", network_mode}}},
             {"NetworkSettings", {{"Networks", networks_json(*this)}}}};
  entry["Ports"] = Json::array();
  for (const auto& port : ports) {
    entry["Ports"].push_back({{"PrivatePort", std::atoi(port.c_str())}, {"Type", port.substr(port.find('/') + 1)}});
  }
  return entry.dump();
}

std::string FakeContainer::inspect() const {
  Json state{{"Status", status}};
  if (!health.empty()) {
    state["Health"] = {{"Status", health}, {"Log", {{{"ExitCode", 1}, {"Output", "no answer on :80\nsecond line"}}}}};
  }
  Json described{{"Id", id},
                 {"Name", "/" + name},
                 {"Created", "2026-11-22T16:52:16.461044884Z"},
                 {"State", state},
                 {"HostConfig", {{"NetworkMode", network_mode}}},
                 {"Config", {{"Hostname", id.substr(0, 12)}, {"Image", "app:1"}, {"Labels", labels}}},
                 {"NetworkSettings", {{"Networks", networks_json(*this)}, {"Ports", Json::object()}}}};
  if (!stop_signal.empty()) {
    described["Config"]["StopSignal"] = stop_signal;
  }
  for (const auto& port : ports) {
    described["NetworkSettings"]["Ports"][port] = nullptr;
  }
  return described.dump();
}

std::string event_line(const std::string& action, const FakeContainer& container, const std::string& signal) {
  static std::int64_t time = 1'795'366'336'000'000'000;
  Json attributes(container.labels);
  attributes["name"] = container.name;
  attributes["image"] = "app:1";
  if (!signal.empty()) {
    attributes["signal"] = signal;
  }
  return Json{{"Type", "container"},
              {"Action", action},
              {"Actor", {{"ID", container.id}, {"Attributes", attributes}}},
              {"time", time / 1'000'000'000},
              {"timeNano", ++time}}
      .dump();
}

ScriptedEngine::ScriptedEngine() {
  std::string pattern = "/tmp/mooring-engine-XXXXXX";
  folder_ = ::mkdtemp(pattern.data());
  path_ = folder_ + "/docker.sock";
  come_up();
}

ScriptedEngine::~ScriptedEngine() {
  {
    const std::lock_guard lock(mutex_);
    faults_.clear();
  }
  go_down();
  ::rmdir(folder_.c_str());
}

void ScriptedEngine::come_up() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(listener, 64) != 0) {
    std::perror("scripted engine");
    std::abort();
  }
  const std::lock_guard lock(mutex_);
  down_ = false;
  listener_ = listener;
  acceptor_ = std::thread([this, listener] { accept_loop(listener); });
}

void ScriptedEngine::go_down() {
  std::vector<std::thread> servers;
  {
    const std::lock_guard lock(mutex_);
    if (down_) {
      return;
    }
    down_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int connection : open_) {
      ::shutdown(connection, SHUT_RDWR);
    }
    changed_.notify_all();
  }
  acceptor_.join();
  ::close(listener_);
  ::unlink(path_.c_str());
  {
    const std::lock_guard lock(mutex_);
    servers.swap(servers_);
  }
  for (std::thread& server : servers) {
    server.join();
  }
}

void ScriptedEngine::accept_loop(int listener) {
  while (true) {
    const int connection = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) {
      return;
    }
    const std::lock_guard lock(mutex_);
    open_.insert(connection);
    if (down_) {
      ::shutdown(connection, SHUT_RDWR);
    }
    servers_.emplace_back([this, connection] { serve(connection); });
  }
}

void ScriptedEngine::serve(int connection) {
  std::string request;
  char buffer[4096];
  while (true) {
    const std::size_t end = request.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::string path = request.substr(4, request.find(' ', 4) - 4);
      request.erase(0, end + 4);
      answer(connection, path);
      continue;
    }
    const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
    if (count <= 0) {
      break;
    }
    request.append(buffer, static_cast<std::size_t>(count));
  }
  const std::lock_guard lock(mutex_);
  open_.erase(connection);
  streams_.erase(connection);
  ::close(connection);
}

ScriptedEngine::Fault ScriptedEngine::fault_for(const std::string& path) const {
  for (const auto& [part, fault] : faults_) {
    if (path.find(part) != std::string::npos) {
      return fault;
    }
  }
  return Fault::none;
}

void ScriptedEngine::answer(int connection, const std::string& path) {
  std::unique_lock lock(mutex_);
  log_.push_back(path);
  changed_.notify_all();
  changed_.wait(lock, [&] { return down_ || fault_for(path) != Fault::hang; });
  const Fault fault = fault_for(path);
  int status = 200;
  std::string body = body_for(path, status);
  if (fault == Fault::cut) {
    ::shutdown(connection, SHUT_RDWR);
    return;
  }
  if (fault == Fault::forbidden || fault == Fault::failing) {
    status = fault == Fault::forbidden ? 403 : 500;
    body = R"({"message":"not today"})";
  } else if (fault == Fault::garbage) {
    body = "<html>\x01 not JSON";
  } else if (fault == Fault::huge) {
    body = "[\"" + std::string(65UL << 20U, 'x') + "\"]";
  }
  const bool stream = path.find("/events") != std::string::npos && status == 200;
  std::string head = "HTTP/1.1 " + std::to_string(status) + " X\r\nDate: Sun, 22 Nov 2026 16:52:01 GMT\r\n";
  if (path.find("_ping") != std::string::npos && !ping_version_.empty()) {
    head += "Api-Version: " + ping_version_ + "\r\n";
  }
  if (stream) {
    send_all(connection, head + "Transfer-Encoding: chunked\r\n\r\n");
    streams_.insert(connection);
    ++subscriptions_;
    changed_.notify_all();
    return;
  }
  lock.unlock();
  send_all(connection, head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

std::string ScriptedEngine::body_for(const std::string& path, int& status) const {
  if (path.find("/_ping") != std::string::npos || path.find("/events") != std::string::npos) {
    return "OK";
  }
  if (path.find("/version") != std::string::npos) {
    return version_body_;
  }
  if (path.find("/containers/json") != std::string::npos) {
    std::string list = "[";
    for (const auto& [id, container] : containers_) {
      list += (list.size() > 1 ? "," : "") + container.list_entry();
    }
    return list + "]";
  }
  const std::size_t begin = path.find("/containers/");
  if (begin != std::string::npos) {
    const std::string id = path.substr(begin + 12, path.rfind('/') - begin - 12);
    if (const auto found = containers_.find(id); found != containers_.end()) {
      return found->second.inspect();
    }
  }
  status = 404;
  return R"({"message":"no such thing"})";
}

void ScriptedEngine::put(const FakeContainer& container) {
  const std::lock_guard lock(mutex_);
  containers_[container.id] = container;
}

void ScriptedEngine::forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  containers_.erase(id);
}

void ScriptedEngine::set_fault(const std::string& part, Fault fault) {
  const std::lock_guard lock(mutex_);
  if (fault == Fault::none) {
    faults_.erase(part);
  } else {
    faults_[part] = fault;
  }
  changed_.notify_all();
}

void ScriptedEngine::set_ping_version(std::string version) {
  const std::lock_guard lock(mutex_);
  ping_version_ = std::move(version);
}

void ScriptedEngine::set_version_body(std::string body) {
  const std::lock_guard lock(mutex_);
  version_body_ = std::move(body);
}

void ScriptedEngine::emit(const std::string& line) {
  emit_raw(line + "\n");
}

void ScriptedEngine::emit_raw(const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  for (const int stream : streams_) {
    send_all(stream, chunk(bytes));
  }
}

void ScriptedEngine::cut_events() {
  const std::lock_guard lock(mutex_);
  for (const int stream : streams_) {
    ::shutdown(stream, SHUT_RDWR);
  }
}

std::size_t ScriptedEngine::requests(const std::string& part) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      log_.begin(), log_.end(), [&](const std::string& path) { return path.find(part) != std::string::npos; }));
}

bool ScriptedEngine::wait_requests(const std::string& part, std::size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] {
    return static_cast<std::size_t>(std::count_if(log_.begin(), log_.end(), [&](const std::string& path) {
             return path.find(part) != std::string::npos;
           })) >= count;
  });
}

bool ScriptedEngine::wait_subscribed(std::size_t count) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return subscriptions_ >= count; });
}

}  // namespace mooring::docker
