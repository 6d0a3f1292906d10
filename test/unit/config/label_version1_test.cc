#include "proxy/config/label_version1.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "proxy/config/label_key.h"

namespace mooring::config {
namespace {

TEST_CASE("each label of Traefik 1 is known, also below a segment, and has a form of today") {
  std::set<std::string_view> seen;
  for (const VersionOneLabel& label : version_one_labels()) {
    INFO(label.key);
    CHECK(seen.insert(label.key).second);
    CHECK(resolve_label_key("traefik." + std::string{label.key}).fit == KeyFit::version_1);
    const std::string form = version_one_form(label.key, "7");
    CHECK_FALSE(form.empty());
    CHECK(form.find("{}") == std::string::npos);
    CHECK(version_one_form("shop." + std::string{label.key}).find("<name>") == std::string::npos);
  }
  CHECK(seen.size() > 45);
}

TEST_CASE("the form of today has the value, but for secrets") {
  CHECK(version_one_form("port", "8080") == "traefik.http.services.<name>.loadbalancer.server.port=8080");
  CHECK(version_one_form("shop.port", "8080") == "traefik.http.services.shop.loadbalancer.server.port=8080");
  CHECK(version_one_form("PORT") == "traefik.http.services.<name>.loadbalancer.server.port=…");
  CHECK(version_one_form("frontend.rule", "Host:a.example.com") ==
        "traefik.http.routers.<name>.rule=Host(`a.example.com`)");
  CHECK(version_one_form("frontend.auth.basic.users", "admin:secret").find("secret") == std::string::npos);
  CHECK(version_one_form("backend.loadbalancer.stickiness.cookieName", "sess") ==
        "traefik.http.services.<name>.loadbalancer.sticky.cookie.name=sess");
}

TEST_CASE("what is no label of Traefik 1 is none") {
  for (const char* key : {"", ".", "colour", "ports", "frontendrule", "shop", "shop.colour", ".port"}) {
    INFO(key);
    CHECK(version_one_form(key).empty());
  }
}

TEST_CASE("rules of Traefik 1 in today's form, where that is sure") {
  CHECK(rule_of_version_one("Host:a.example.com") == "Host(`a.example.com`)");
  CHECK(rule_of_version_one("Host:a,b") == "Host(`a`) || Host(`b`)");
  CHECK(rule_of_version_one("Host: a , b ;PathPrefix:/x") == "(Host(`a`) || Host(`b`)) && PathPrefix(`/x`)");
  CHECK(rule_of_version_one("pathprefix:/x") == "PathPrefix(`/x`)");
  for (const char* rule : {"", "Host", "Host:", "Host:a,", "HostRegexp:{sub:.+}.a", "Path:/{id}", "PathStrip:/a",
                           "Host:a`b", "Host:a;", ";", "Headers:a,b"}) {
    INFO(rule);
    CHECK(rule_of_version_one(rule).empty());
  }
}

}  // namespace
}  // namespace mooring::config
