// The provider against drydock, the stand-in engine: both must agree on what an engine does, for the integration tests
// rely on it. drydock runs as a child process and ends with the test.
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "providers/docker/provider.h"
#include "test/unit/providers/recording_sink.h"

using namespace mooring;
using docker::RecordingSink;
using Kind = providers::ContainerEvent::Kind;
using Said = RecordingSink::Said;

namespace {

class Drydock {
 public:
  Drydock() {
    std::string pattern = "/tmp/mooring-drydock-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    std::string script = MOORING_SOURCE_DIR "/test/drydock/drydock.py";
    std::string engine = socket();
    std::string control = folder_ + "/control.sock";
    const char* arguments[] = {"python3",   script.c_str(),  "--socket", engine.c_str(),
                               "--control", control.c_str(), nullptr};
    REQUIRE(::posix_spawnp(&child_, "python3", &actions, nullptr, const_cast<char**>(arguments), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    char ready[8] = {};
    const ssize_t count = ::read(ends[0], ready, sizeof ready);
    ::close(ends[0]);
    REQUIRE(count > 0);  // "ready"
  }

  ~Drydock() {
    ::kill(child_, SIGTERM);
    int status = 0;
    ::waitpid(child_, &status, 0);
    ::rmdir(folder_.c_str());
  }

  std::string socket() const { return folder_ + "/docker.sock"; }

  // Sends one order and returns the whole reply.
  std::string order(const std::string& method, const std::string& path, const std::string& body = "") const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, (folder_ + "/control.sock").c_str(), sizeof address.sun_path - 1);
    const int connection = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    const std::string request = method + " /drydock/" + path +
                                " HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    REQUIRE(::send(connection, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
    ::shutdown(connection, SHUT_WR);
    std::string reply;
    char buffer[4096];
    for (ssize_t count = 0; (count = ::recv(connection, buffer, sizeof buffer, 0)) > 0;) {
      reply.append(buffer, static_cast<std::size_t>(count));
    }
    ::close(connection);
    return reply;
  }

 private:
  std::string folder_;
  pid_t child_ = 0;
};

// The id in the reply to a container's making.
std::string id_in(const std::string& reply) {
  const std::size_t begin = reply.find("\"Id\": \"");
  REQUIRE(begin != std::string::npos);
  return reply.substr(begin + 7, 64);
}

}  // namespace

TEST_CASE("a container's life in drydock") {
  Drydock dock;
  RecordingSink sink;
  config::DockerOptions options;
  options.endpoint = "unix://" + dock.socket();
  docker::DockerProvider provider(options, [] { return docker::Identity{}; });
  provider.start(sink);
  REQUIRE(sink.wait([](const Said& said) { return said.synced && said.status().connected; }));

  const std::string id = id_in(dock.order(
      "POST", "containers",
      R"({"name":"web","ports":[],"start":true,"labels":{"traefik.http.services.web.loadbalancer.server.port":"8000"}})"));
  REQUIRE(sink.wait([&](const Said& said) { return said.fragments.contains(id); }));
  CHECK(sink.said().fragments.at(id)->services.at("web").servers.at(0).url() == "http://127.77.0.1:8000");

  dock.order("POST", "containers/web/health?status=unhealthy");
  REQUIRE(sink.wait([&](const Said& said) { return said.states.at(id).why == "drydock says unhealthy"; }));
  dock.order("POST", "containers/web/pause");
  REQUIRE(sink.wait([&](const Said& said) { return said.states.at(id).phase == providers::Phase::paused; }));
  dock.order("POST", "containers/web/unpause");
  REQUIRE(sink.wait([&](const Said& said) { return said.states.at(id).phase == providers::Phase::running; }));

  dock.order("POST", "down?seconds=0.1");
  REQUIRE(sink.wait([](const Said& said) { return said.status().resyncs == 1; }));
  CHECK(sink.said().fragments.contains(id));

  // One after the other: an inspect that is still under way may tell of the end before the events do.
  dock.order("POST", "containers/web/kill?signal=15");
  REQUIRE(sink.wait([&](const Said& said) { return said.count(Kind::stopping, id) == 1; }));
  dock.order("POST", "containers/web/stop");
  REQUIRE(sink.wait([&](const Said& said) { return said.count(Kind::gone, id) >= 1; }));
  REQUIRE(sink.wait([&](const Said& said) { return !said.fragments.contains(id); }));
  provider.stop();
}
