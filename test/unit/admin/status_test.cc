#include "proxy/admin/status.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "proxy/admin/api_handler.h"
#include "proxy/admin/rawdata.h"
#include "test/support/golden.h"
#include "test/unit/admin/asking.h"
#include "test/unit/admin/example_table.h"
#include "test/unit/admin/fake_status.h"

namespace mooring::admin {
namespace {

using test::FakeStatus;

config::Problem problem(std::string code, config::Severity severity, std::string where) {
  config::Problem made;
  made.code = std::move(code);
  made.severity = severity;
  made.where = std::move(where);
  return made;
}

// What no two runs have in common.
void settle(Json& document) {
  document["version"] = "0.0.0";
  for (Json& service : document["services"]) {
    for (Json& endpoint : service["endpoints"]) endpoint["since"] = "2026-11-22T07:13:31.250Z";
  }
}

// "GET /api/x?query": status, type and X-Next-Page of the answer, then its body. "example GET …": of the other table.
std::string answer_to(std::string request, FakeStatus& shop) {
  FakeStatus examples;
  test::set_examples(examples);
  constexpr std::string_view kOther = "example ";
  const bool other = request.starts_with(kOther);
  if (other) request.erase(0, kOther.size());
  std::string target = request.substr(4, request.find('\n') - 4);
  const std::size_t mark = std::min(target.find('?'), target.size());
  const ApiHandler api(other ? examples : shop);
  const std::string query = mark < target.size() ? target.substr(mark + 1) : "";
  const test::Answer answer = test::ask(api, target.substr(0, mark), query);
  return std::to_string(answer.status) + " " + answer.content_type +
         (answer.next_page.empty() ? "" : " X-Next-Page: " + answer.next_page) + "\n" + answer.body;
}

TEST_CASE("the documents are those of the golden files") {
  FakeStatus source;
  const auto now = std::chrono::system_clock::now();
  source.session_table.seen(0, 100, 1, now);
  source.session_table.seen(0, 101, 1, now);
  source.session_table.seen(1, 102, 2, now);
  source.session_table.seen(1, 103, 99, now);  // of another service
  test::check_golden("admin", 30, [&source](const std::string& input) {
    if (input == "status\n") {
      Json document = status_document(source);
      settle(document);
      return pretty_json(document);
    }
    if (input == "rawdata\n") return rawdata_text(TableView(source.table));
    if (input.contains("GET ")) return answer_to(input, source);
    Json version = version_document(source);
    version["Version"] = "0.0.0";
    return go_json(version);
  });
}

TEST_CASE("before the first table the shape is the same, and empty") {
  FakeStatus source;
  source.table = nullptr;
  source.is_synced = false;
  const Json document = status_document(source);
  CHECK(document["ready"] == false);
  CHECK(document["routers"] == Json::array());
  CHECK(document["services"] == Json::array());
  CHECK(document["problems"] == Json::array());
}

TEST_CASE("problems of all sources are there once, errors first") {
  using enum config::Severity;
  FakeStatus source;
  source.table->problems = {problem("L002", info, "b"), problem("L009", error, "a")};
  source.engine_status.problems = {problem("D001", warning, ""), problem("L009", error, "a")};
  source.own_problems = {problem("P001", error, ""), problem("D001", warning, "")};
  std::string order;
  for (const config::Problem& each : all_problems(source)) order += each.code + " ";
  CHECK(order == "L009 P001 D001 L002 ");
}

TEST_CASE("hostile text is no trouble") {
  FakeStatus source;
  source.engine_status.error = "\xff\x1b[2J\"";
  CHECK(plain_json(status_document(source)["engine"]).find("\"error\":\"\uFFFD\\u001b[2J\\\"\"") != std::string::npos);
}

TEST_CASE("a service shows as not sticky, unreachable or unused when it is") {
  FakeStatus source;
  routing::Service web = source.table->services.at("web@docker");
  web.cookie_name.clear();
  source.table->services.set(web.name, web, config::next_edition());
  const Json document = status_document(source);
  for (const Json& service : document["services"]) CHECK(service["sticky"].is_null());
}

TEST_CASE("rawdata: an endpoint that takes nobody is DOWN, an empty table is {}") {
  FakeStatus source;
  const auto& servers = source.table->services.at("web@docker").balancer->servers();
  servers[0].endpoint->set_state(upstream::EndpointState::unhealthy, "its health check fails");
  const Json document = Json::parse(rawdata_text(TableView(source.table)));
  CHECK(document["services"]["web@docker"]["serverStatus"]["http://172.20.0.4:8000"] == "DOWN");
  CHECK(document["services"]["web@docker"]["serverStatus"]["http://172.20.0.5:8000"] == "UP");
  CHECK(rawdata_text(TableView(std::make_shared<const routing::Snapshot>())) == "{}\n");
}

}  // namespace
}  // namespace mooring::admin
