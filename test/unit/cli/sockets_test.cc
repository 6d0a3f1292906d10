// Binding entry points: several addresses, IPv6, and who may share an address with whom.
#include "proxy/cli/sockets.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "test/unit/providers_file/folder.h"

namespace mooring::test {
namespace {

config::Options one_entry_point(const std::string& host, std::uint16_t port) {
  config::Options options;
  config::EntryPointOptions& web = options.entry_points["web"];
  web.name = "web";
  web.host = host;
  web.port = port;
  return options;
}

// A port that nobody had a moment ago.
std::uint16_t free_port(const std::string& host = "127.0.0.1") {
  auto socket = loop::ListenSocket::take_alone(*loop::SocketAddress::from_ip(host, 0));
  REQUIRE(socket.has_value());
  return socket->address().port();
}

// The first process: its sockets listen.
class Listening {
 public:
  explicit Listening(cli::SocketsByWorker sockets) {
    for (auto& worker : sockets) {
      for (auto& bound : worker) {
        descriptors_.push_back(bound.socket.release());
        REQUIRE(::listen(descriptors_.back(), 1) == 0);
      }
    }
  }
  ~Listening() {
    for (const int descriptor : descriptors_) ::close(descriptor);
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

 private:
  std::vector<int> descriptors_;
};

}  // namespace

TEST_CASE("workers share an address among themselves, and with no other process") {
  config::Options options = one_entry_point("127.0.0.1", free_port());
  auto first = cli::bind_entry_points(options, 3);
  REQUIRE(first.has_value());
  REQUIRE(first->size() == 3);
  const Listening listening(std::move(*first));
  SECTION("without reusePort") {
    const auto second = cli::bind_entry_points(options, 1);
    REQUIRE(!second.has_value());
    CHECK(second.error() ==
          "entry point web: cannot listen on 127.0.0.1:" + std::to_string(options.entry_points["web"].port) +
              ": Address already in use: another process, or another entry point, listens there");
  }
  SECTION("the wildcard address covers it") {
    options.entry_points["web"].host.clear();
    CHECK(!cli::bind_entry_points(options, 1).has_value());
  }
  SECTION("with reusePort") {
    options.entry_points["web"].reuse_port = true;
    CHECK(cli::bind_entry_points(options, 1).has_value());
  }
}

TEST_CASE("an entry point listens on all its addresses") {
  config::Options options = one_entry_point("127.0.0.1", free_port());
  config::EntryPointOptions& web = options.entry_points["web"];
  web.more_addresses = {{.host = "127.0.0.2", .port = web.port}, {.host = "127.0.0.1", .port = 0}};
  options.entry_points["admin"] = web;
  options.entry_points["admin"].name = "admin";
  options.entry_points["admin"].host = "127.0.0.3";
  options.entry_points["admin"].more_addresses.clear();
  const auto sockets = cli::bind_entry_points(options, 2);
  REQUIRE(sockets.has_value());
  for (const auto& worker : *sockets) {
    REQUIRE(worker.size() == 4);
    CHECK(worker[0].index == 0);  // "admin": the names' order
    CHECK(worker[0].socket.address().ip() == "127.0.0.3");
    CHECK(worker[1].index == 1);
    CHECK(worker[2].index == 1);
    CHECK(worker[2].socket.address().ip() == "127.0.0.2");
    CHECK(worker[3].socket.address().port() != 0);
  }
  CHECK(sockets->at(0)[3].socket.address().port() == sockets->at(1)[3].socket.address().port());
}

TEST_CASE("two entry points cannot have one address") {
  config::Options options = one_entry_point("127.0.0.1", free_port());
  config::EntryPointOptions& other = options.entry_points["other"] = options.entry_points["web"];
  other.name = "other";
  SECTION("the same") {
    const auto sockets = cli::bind_entry_points(options, 1);
    REQUIRE(!sockets.has_value());
    CHECK(sockets.error().find("is listened on by entry point other already") != std::string::npos);
  }
  SECTION("the same, although both may be shared") {
    other.reuse_port = options.entry_points["web"].reuse_port = true;
    CHECK(!cli::bind_entry_points(options, 1).has_value());
  }
  SECTION("all, and one of these") {
    other.host = "0.0.0.0";
    CHECK(!cli::bind_entry_points(options, 1).has_value());
  }
  SECTION("another port") {
    other.port = free_port();
    CHECK(cli::bind_entry_points(options, 1).has_value());
  }
}

TEST_CASE("the control socket is its owner's alone") {
  const file::Folder folder;
  config::Options options;
  options.control_socket = folder.at("run/control.sock");
  const auto control = cli::bind_control_socket(options);
  REQUIRE(control.socket.has_value());
  struct stat status{};
  REQUIRE(::stat(options.control_socket.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("an address that is none is named") {
  const auto sockets = cli::bind_entry_points(one_entry_point("localhost", 0), 1);
  REQUIRE(!sockets.has_value());
  CHECK(sockets.error().find("\"localhost\" is no IP address") != std::string::npos);
}

TEST_CASE("addresses are shown as they are written") {
  config::Options options = one_entry_point("", 80);
  config::EntryPointOptions& web = options.entry_points["web"];
  web.more_addresses = {{.host = "fd00::5", .port = 443}, {.host = "10.0.0.1", .port = 8080}};
  CHECK(cli::addresses_of(web) == std::vector<std::string>{"*:80", "[fd00::5]:443", "10.0.0.1:8080"});
}

}  // namespace mooring::test
