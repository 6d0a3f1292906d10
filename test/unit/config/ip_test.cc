#include "proxy/config/ip.h"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace mooring::config {
namespace {

std::string normal(std::string_view text) {
  const auto address = IpAddress::parse(text);
  return address ? address->to_string() : "(bad)";
}

bool inside(std::string_view network, std::string_view address) {
  return IpNetwork::parse(network).value().contains(IpAddress::parse(address).value());
}

TEST_CASE("addresses are read in the forms that peers and labels use") {
  CHECK(normal("10.0.0.1") == "10.0.0.1");
  CHECK(normal("fd00::5") == "fd00::5");
  CHECK(normal("[fd00::5]") == "fd00::5");
  CHECK(normal("FD00:0:0::5") == "fd00::5");
  CHECK(normal("fe80::1%eth0") == "fe80::1");
  CHECK(normal("::ffff:10.0.0.1") == "10.0.0.1");
  CHECK(IpAddress::parse("::ffff:10.0.0.1") == IpAddress::parse("10.0.0.1"));
  CHECK(IpAddress::parse("10.0.0.1") != IpAddress::parse("10.0.0.2"));
}

TEST_CASE("what is no address is refused") {
  for (const std::string_view text :
       {"", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", " 10.0.0.1", "[10.0.0.1]", "[fd00::5", "fd00::5]",
        "fd00::5%", "10.0.0.1%eth0", "fd00:::5", "localhost", "10.0.0.1:80", "0x0a.0.0.1", "1", "[]", "%", "/"}) {
    INFO(text);
    CHECK_FALSE(IpAddress::parse(text));
  }
  CHECK_FALSE(IpAddress::parse(std::string_view{"10.0.0.1\0x", 10}));
  CHECK_FALSE(IpAddress::parse(std::string(100'000, '1')));
}

TEST_CASE("networks hold their addresses and no others") {
  CHECK(inside("10.0.0.0/8", "10.255.0.1"));
  CHECK_FALSE(inside("10.0.0.0/8", "11.0.0.1"));
  CHECK(inside("10.0.0.9/8", "10.1.2.3"));
  CHECK(inside("172.16.0.0/12", "172.31.255.255"));
  CHECK_FALSE(inside("172.16.0.0/12", "172.32.0.0"));
  CHECK(inside("10.0.0.1", "10.0.0.1"));
  CHECK_FALSE(inside("10.0.0.1", "10.0.0.2"));
  CHECK(inside("0.0.0.0/0", "8.8.8.8"));
  CHECK_FALSE(inside("0.0.0.0/0", "fd00::1"));
  CHECK_FALSE(inside("::/0", "8.8.8.8"));
  CHECK(inside("fd00::/7", "fc00::1"));
  CHECK(inside("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(inside("2001:db8::/33", "2001:db8:8000::1"));
  CHECK(inside("::ffff:10.0.0.0/104", "10.9.9.9"));
  CHECK(IpNetwork::parse("10.1.2.3/8") == IpNetwork::parse("10.0.0.0/8"));
}

TEST_CASE("what is no network is refused") {
  for (const std::string_view text : {"", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8 ",
                                      "10.0.0.0/8/8", "fd00::/129", "::ffff:10.0.0.0/64", "10.0.0.0/999999999999"}) {
    INFO(text);
    CHECK_FALSE(IpNetwork::parse(text));
  }
}

}  // namespace
}  // namespace mooring::config
