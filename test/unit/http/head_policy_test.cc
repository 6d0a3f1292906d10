// What an entry point asks of a request's head: encoded characters, segments, semicolons, underscores, and which fields
// Connection may name.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "proxy/http/forwarded.h"
#include "proxy/http/hop_by_hop.h"
#include "proxy/http/request_target.h"

namespace mooring::http {
namespace {

// "400", or the path and query as they go upstream.
std::string resolved(std::string_view target, const config::EntryPointOptions& options) {
  Arena arena;
  RequestHead head(arena);
  head.target = target;
  head.fields.add(FieldId::host, "shop.test");
  const auto failure = resolve_target(head, target_policy(options));
  if (failure) return std::to_string(failure->status);
  return std::string(head.path) + (head.has_query ? "?" : "") + std::string(head.query);
}

}  // namespace

TEST_CASE("an encoded character that is not allowed is 400") {
  struct Row {
    bool config::EncodedCharactersOptions::* allowed;
    std::vector<std::string> targets;
  };
  using Options = config::EncodedCharactersOptions;
  const std::vector<Row> rows{
      {&Options::slash, {"/a%2Fb", "/a%2f", "http://shop.test/%2f"}},
      {&Options::back_slash, {"/a%5Cb", "/%5c"}},
      {&Options::null_character, {"/a%00b", "/%00"}},
      {&Options::semicolon, {"/a%3Bb", "/%3b"}},
      {&Options::percent, {"/a%25b", "/%252F"}},
      {&Options::question_mark, {"/a%3Fb", "/%3f"}},
      {&Options::hash, {"/a%23b", "/a/%23/../b"}},
  };
  for (const Row& row : rows) {
    config::EntryPointOptions options;
    options.encoded_characters.*row.allowed = false;
    for (const std::string& target : row.targets) {
      INFO(target);
      CHECK(resolved(target, options) == "400");
      CHECK(resolved(target, {}) != "400");
      // Only what the option says, and only of the path.
      for (const Row& other : rows) {
        if (&other == &row) continue;
        config::EntryPointOptions others;
        others.encoded_characters.*other.allowed = false;
        if (target != "/%252F") CHECK(resolved(target, others) != "400");
      }
    }
    CHECK(resolved("/a?b=%2F%5C%00%3B%25%3F%23", options) != "400");
    CHECK(resolved("/%20%41;/b", options) == "/%20A;/b");
  }
}

TEST_CASE("without sanitizePath segments stay, and the encoding has its one form all the same") {
  config::EntryPointOptions options;
  options.sanitize_path = false;
  CHECK(resolved("/a//b/./c/../d", options) == "/a//b/./c/../d");
  CHECK(resolved("//a", options) == "//a");
  CHECK(resolved("/%41/%2e%2e/%2f", options) == "/A/../%2F");
  CHECK(resolved("/%zz", options) == "400");
  CHECK(resolved("/%41/%2e%2e/%2f", {}) == "/%2F");
}

TEST_CASE("semicolons of a query become separators, or are encoded") {
  config::EntryPointOptions options;
  CHECK(resolved("/a;b?c=1;d=2;;", options) == "/a;b?c=1&d=2&&");
  options.encode_query_semicolons = true;
  CHECK(resolved("/a;b?c=1;d=2;;", options) == "/a;b?c=1%3Bd=2%3B%3B");
  CHECK(resolved("/?", options) == "/?");
  CHECK(resolved("/?a=1", options) == "/?a=1");
}

TEST_CASE("names with underscores are kept, dropped or refused") {
  Arena arena;
  HeaderMap fields(arena);
  fields.add("X-Plain", "1");
  CHECK(apply_underscores(fields, config::UnderscoreHeaders::reject));
  fields.add("X_User", "root");
  fields.add("_", "x");
  CHECK(apply_underscores(fields, config::UnderscoreHeaders::keep));
  CHECK(fields.size() == 3);
  CHECK(!apply_underscores(fields, config::UnderscoreHeaders::reject));
  CHECK(apply_underscores(fields, config::UnderscoreHeaders::remove));
  CHECK(fields.size() == 1);
}

TEST_CASE("what forwardedHeaders.connection lists is seen by middlewares, and goes before the upstream") {
  Arena arena;
  RequestHead head(arena);
  head.fields.add("Connection", "Foo, bar, Baz, Host");
  head.fields.add("foo", "1");
  head.fields.add("Bar", "2");
  head.fields.add("Baz", "3");
  head.fields.add(FieldId::host, "shop.test");
  const std::vector<std::string> kept{"Foo", "Baz", "Host"};
  strip_request(head, kept);
  CHECK(head.fields.find("foo") != nullptr);
  CHECK(head.fields.find("bar") == nullptr);
  CHECK(head.fields.find("baz") != nullptr);
  CHECK(head.fields.find(FieldId::connection) == nullptr);
  drop_nominated(head);
  CHECK(head.fields.find("foo") == nullptr);
  CHECK(head.fields.find("baz") == nullptr);
  CHECK(head.fields.find(FieldId::host) != nullptr);
}

TEST_CASE("notAppendXForwardedFor leaves the field as it came") {
  const Peer peer{
      .address = *config::IpAddress::parse("10.0.0.9"), .address_text = "10.0.0.9", .port = 1, .secure = false};
  config::ForwardedHeadersOptions options;
  options.not_append_for = true;
  for (const bool trusted : {false, true}) {
    options.insecure = trusted;
    Arena arena;
    RequestHead head(arena);
    head.fields.add(FieldId::x_forwarded_for, "1.2.3.4");
    apply_forwarded(head, peer, options, "edge");
    CHECK(head.fields.value(FieldId::x_forwarded_for) == (trusted ? "1.2.3.4" : ""));
    CHECK(head.fields.value(FieldId::x_real_ip) == "10.0.0.9");
  }
}

}  // namespace mooring::http
