// Ports, addresses and Mooring's own container, as tables (traefik-compat 1.6, and where we do better).
#include "providers/docker/address.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

using namespace mooring;
using docker::Attachment;
using docker::Container;
using docker::Identity;
using docker::OwnContainer;
using docker::Surroundings;

namespace {

Attachment at(const std::string& address, const std::string& network_id = "") {
  Attachment attachment;
  attachment.address = address;
  attachment.network_id = network_id;
  attachment.gateway = "172.30.0.1";
  return attachment;
}

Container on(std::map<std::string, Attachment> networks) {
  Container container;
  container.id = "c1";
  container.name = "web";
  container.status = "running";
  container.network_mode = "bridge";
  container.networks = std::move(networks);
  return container;
}

Surroundings inside(std::map<std::string, Attachment> networks) {
  Surroundings around;
  around.own = OwnContainer{"m1", "mooring", false, std::move(networks)};
  return around;
}

// "host", or the code of the Problem; then the codes of the remarks.
std::string result(const Container& container, const Surroundings& around, const std::string& label = "") {
  config::Problems remarks;
  const auto address = docker::find_address(container, 80, label, around, remarks);
  std::string text = address ? address->host : address.error().code;
  for (const auto& remark : remarks) {
    text += " " + remark.code;
  }
  return text;
}

}  // namespace

TEST_CASE("the port is the lowest TCP port") {
  Container container = on({});
  CHECK_FALSE(docker::default_port(container));
  container.ports = {{53, "udp", {}}, {8080, "tcp", {}}, {9090, "tcp", {}}, {70, "sctp", {}}};
  CHECK(docker::default_port(container) == 8080);
  container.ports.clear();
  container.exposed = {{8080, "tcp", {}}};
  CHECK_FALSE(docker::default_port(container));
  container.network_mode = "container:x";
  CHECK(docker::default_port(container) == 8080);
}

TEST_CASE("which network") {
  const Container two = on({{"a", at("10.0.1.2")}, {"b", at("10.0.2.2")}});
  CHECK(result(two, {}) == "10.0.1.2");
  CHECK(result(two, {}, "b") == "10.0.2.2");
  CHECK(result(two, {}, "c") == "10.0.1.2 L034");
  CHECK(result(two, inside({{"b", at("10.0.2.9")}})) == "10.0.2.2");
  CHECK(result(two, inside({{"a", at("10.0.1.9")}, {"b", at("10.0.2.9")}})) == "10.0.1.2");
  CHECK(result(two, inside({{"z", at("10.0.9.9")}})) == "L030");
  CHECK(result(two, inside({{"z", at("10.0.9.9")}}), "b") == "10.0.2.2 L033");
  // The same name on two engines is not the same network, another name with the same id is.
  CHECK(result(on({{"a", at("10.0.1.2", "id1")}}), inside({{"a", at("10.0.1.9", "id2")}})) == "L030");
  CHECK(result(on({{"a", at("10.0.1.2", "id1")}}), inside({{"b", at("10.0.1.9", "id1")}})) == "10.0.1.2");
  Surroundings by_option;
  by_option.network = "b";
  CHECK(result(two, by_option) == "10.0.2.2");
  CHECK(result(two, by_option, "a") == "10.0.1.2");
  Container composed = on({{"aaa", at("10.0.1.2")}, {"shop_default", at("10.0.2.2")}});
  composed.labels["com.docker.compose.project"] = "shop";
  CHECK(result(composed, inside({{"aaa", at("10.0.1.9")}, {"shop_default", at("10.0.2.9")}})) == "10.0.2.2");
}

TEST_CASE("no network in common names both sides") {
  config::Problems remarks;
  const auto address =
      docker::find_address(on({{"shop_internal", at("10.0.1.2")}}), 80, "",
                           inside({{"edge_default", at("10.0.9.9")}, {"bridge", at("172.17.0.3")}}), remarks);
  REQUIRE_FALSE(address.has_value());
  CHECK(address.error().text ==
        "no network in common with the proxy. container: shop_internal · proxy: bridge, edge_default");
  CHECK(address.error().fix.starts_with("docker network connect shop_internal mooring"));
}

TEST_CASE("addresses that are missing, IPv6 or no addresses") {
  CHECK(result(on({}), {}) == "L032");
  CHECK(result(on({{"none", at("")}}), {}) == "L032");
  CHECK(result(on({{"a", at("not-an-address")}}), {}) == "L032");
  CHECK(result(on({{"a", at("")}, {"b", at("10.0.0.2")}}), {}) == "10.0.0.2");
  Attachment six = at("");
  six.address6 = "fd00::5";
  CHECK(result(on({{"a", six}}), {}) == "fd00::5");
}

TEST_CASE("host mode") {
  Container host = on({{"host", at("")}});
  host.network_mode = "host";
  CHECK(result(host, {}) == "127.0.0.1");
  Surroundings own_on_host;
  own_on_host.own = OwnContainer{"m1", "mooring", true, {{"host", at("")}}};
  CHECK(result(host, own_on_host) == "127.0.0.1");
  CHECK(result(on({{"a", at("10.0.0.2")}}), own_on_host) == "10.0.0.2");
  CHECK(result(host, inside({{"a", at("172.30.0.9")}})) == "172.30.0.1");
  Attachment isolated = at("172.30.0.9");
  isolated.gateway.clear();
  CHECK(result(host, inside({{"a", isolated}})) == "host.docker.internal");
}

TEST_CASE("another container's network") {
  Container vpn = on({{"a", at("10.0.1.2")}, {"b", at("10.0.2.2")}});
  vpn.labels["traefik.docker.network"] = "b";
  Container app = on({});
  app.network_mode = "container:vpn";
  Surroundings around;
  around.find = [&](std::string_view id) { return id == "vpn" ? &vpn : nullptr; };
  CHECK(result(app, around) == "10.0.2.2");
  app.network_mode = "container:gone";
  CHECK(result(app, around) == "L032");
  app.network_mode = "container:vpn";
  vpn.network_mode = "container:vpn";  // a lie that must not loop
  vpn.labels.clear();
  CHECK(result(app, around) == "L032");
}

TEST_CASE("useBindPortIP") {
  Container container = on({{"a", at("10.0.0.2")}});
  container.ports = {{80, "tcp", {{"0.0.0.0", 8080}, {"192.168.1.5", 8081}}}};
  Surroundings around;
  around.use_bind_port_ip = true;
  config::Problems remarks;
  auto address = docker::find_address(container, 80, "", around, remarks);
  CHECK(address == docker::Address{"192.168.1.5", 8081, ""});
  container.ports = {{80, "udp", {{"192.168.1.5", 8081}}}, {80, "tcp", {{"::", 8080}}}};
  CHECK(result(container, around) == "10.0.0.2 L035");
}

TEST_CASE("Mooring's own container") {
  const std::string one(64, 'a');
  const std::string two(64, 'b');
  Container a = on({{"n", at("172.18.0.2")}});
  a.id = one;
  a.networks["n"].mac = "02:42:ac:12:00:02";
  Container b = on({{"n", at("172.18.0.3")}});
  b.id = two;
  Identity host;
  host.interfaces = {{"172.18.0.1", "aa"}, {"192.168.0.4", "bb"}};
  CHECK_FALSE(docker::find_own(host, {a, b}));
  Identity inside_a;
  inside_a.interfaces = {{"172.18.0.2", "02:42:ac:12:00:02"}};
  REQUIRE(docker::find_own(inside_a, {a, b}));
  CHECK(docker::find_own(inside_a, {a, b})->id == one);
  // A stopped container keeps no address that could be ours.
  Container stopped = a;
  stopped.status = "exited";
  CHECK_FALSE(docker::find_own(inside_a, {stopped, b}));
  // Two engines may give one address twice: the host name decides, and without it nobody guesses.
  Container twin = a;
  twin.id = two;
  CHECK_FALSE(docker::find_own(inside_a, {a, twin}));
  inside_a.hostname = two.substr(0, 12);
  CHECK(docker::find_own(inside_a, {a, twin})->id == two);
  // The mount table is sure, also in host mode.
  Identity mounted;
  mounted.container_id = two;
  b.network_mode = "host";
  REQUIRE(docker::find_own(mounted, {a, b}));
  CHECK(docker::find_own(mounted, {a, b})->host_network);
  mounted.interfaces = inside_a.interfaces;
  CHECK_FALSE(docker::find_own(mounted, {a}));  // another engine's container
  Container shares = b;
  shares.network_mode = "container:" + one;
  CHECK(docker::find_own(mounted, {a, shares})->networks.contains("n"));
}

TEST_CASE("the container id in the mount table") {
  const std::string id(64, 'c');
  CHECK(docker::container_id_in("1 2 0:1 / / rw\n5 6 8:1 /var/lib/docker/containers/" + id +
                                "/hostname /etc/hostname rw - ext4\n") == id);
  CHECK(docker::container_id_in("5 6 8:1 /containers/overlay-containers/" + id + "/userdata/hosts /etc/hosts rw")
            .empty());
  CHECK(docker::container_id_in("5 6 8:1 /x/overlay-containers/" + id + "/userdata/hosts /etc/hosts rw") == id);
  CHECK(docker::container_id_in("5 6 8:1 /var/lib/docker/containers/" + id + "/x /data rw").empty());
  CHECK(docker::container_id_in("").empty());
  CHECK(docker::container_id_in("5 6 /containers/short/hostname /etc/hostname rw").empty());
}
