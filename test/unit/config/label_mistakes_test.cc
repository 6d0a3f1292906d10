#include "proxy/config/label_mistakes.h"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "proxy/config/label_decoder.h"

namespace mooring::config {
namespace {

using Labels = std::map<std::string, std::string>;

std::vector<std::string> codes(const Labels& labels) {
  std::vector<std::string> found;
  for (const Problem& problem : find_label_mistakes(labels, "shop/web-1")) found.push_back(problem.code);
  return found;
}

TEST_CASE("users of basicAuth: whole hashes are right, and what is lost is said without the hash") {
  const std::string bcrypt = "admin:$2y$05$" + std::string(53, 'a');
  const std::string apr = "admin:$apr1$12345678$" + std::string(22, 'x');
  for (const std::string& good : {bcrypt, apr, std::string{"u:{SHA}abc"}, std::string{"u:$6$s$h"}}) {
    INFO(good);
    CHECK(basic_user_fault(good).empty());
  }
  for (const std::string& bad :
       {std::string{"admin:"}, std::string{"admin"}, std::string{"admin:/H6uskkkW.IgXLP6ewTrSuBkTrqE8wj/"},
        bcrypt.substr(0, 40), apr.substr(0, apr.size() - 1), std::string{"admin:$$apr1$$a$$b"}, std::string{":"},
        std::string{}}) {
    INFO(bad);
    const std::string fault = basic_user_fault(bad);
    CHECK_FALSE(fault.empty());
    CHECK(fault.find("H6usk") == std::string::npos);
  }
  CHECK(digest_user_fault("u:realm:" + std::string(32, 'a')).empty());
  CHECK_FALSE(digest_user_fault("u:realm:" + std::string(31, 'a')).empty());
  CHECK_FALSE(digest_user_fault("u:" + std::string(32, 'a')).empty());
}

TEST_CASE("labels in the wrong form") {
  CHECK(codes({{"traefik.enable: true", ""}}) == std::vector<std::string>{"L015"});
  CHECK(codes({{"traefik.enable:", ""}}) == std::vector<std::string>{"L015"});
  CHECK(codes({{"traefik.enable ", "true"}}) == std::vector<std::string>{"L015"});
  CHECK(codes({{"traefik.http.routers.r.rule", "\"Host(`a`)\""}}) == std::vector<std::string>{"L015"});
  CHECK(codes({{"traefik.http.routers.r.rule", "Host(\"a\")"}}).empty());
  CHECK(codes({{"traefik.http.middlewares.h.headers.customresponseheaders.Clear-Site-Data", "\"cache\""}}).empty());
  CHECK(codes({{"other.enable: true", ""}}).empty());
}

TEST_CASE("a key in the wrong form is told once, with what is in force") {
  const auto decoded = decode_labels({{"traefik.enable: false", ""}}, "c");
  REQUIRE(decoded.problems.size() == 1);
  CHECK(decoded.problems[0].code == "L015");
  CHECK(decoded.problems[0].in_force == "the container is not exposed");
  CHECK(decoded.problems[0].fix == "- \"traefik.enable=false\"");
}

TEST_CASE("a strategy and a balancer that make a cookie useless") {
  const std::string stem = "traefik.http.services.s.loadbalancer.";
  CHECK(codes({{stem + "strategy", "hrw"}, {stem + "sticky.cookie.name", "x"}}) == std::vector<std::string>{"S02"});
  CHECK(codes({{stem + "strategy", "hrw"}, {stem + "sticky.cookie", "false"}}).empty());
  CHECK(codes({{stem + "strategy", "wrr"}, {stem + "sticky.cookie", "true"}}).empty());
  CHECK(codes({{stem + "strategy", "hrw"}, {"traefik.http.services.t.loadbalancer.sticky.cookie", "true"}}).empty());
  CHECK(codes({{"traefik.docker.lbswarm", "true"}, {stem + "sticky.cookie", "true"}}) ==
        std::vector<std::string>{"S13"});
}

TEST_CASE("hostile labels") {
  CHECK(codes({{"", ""}, {":", ""}, {"traefik.", ""}, {"traefik.: ", ""}, {std::string(100000, ':'), ""}}).size() < 3);
  CHECK(codes({{"traefik.http.middlewares.a.basicauth.users", std::string(1000, ',')}}).size() < 1100);
}

}  // namespace
}  // namespace mooring::config
