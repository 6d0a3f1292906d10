// Rules come from labels: whatever the text, reading it ends in a rule or in an error that can be shown. A rule reads
// back from its normal form as itself, and can be compiled, analysed and matched.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "proxy/config/ip.h"
#include "proxy/http/arena.h"
#include "proxy/http/request_head.h"
#include "proxy/routing/matcher.h"
#include "proxy/routing/rule_analysis.h"
#include "proxy/routing/rule_error.h"
#include "proxy/routing/rule_parser.h"
#include "proxy/routing/utf8.h"

namespace {

using namespace mooring;

void require(bool what) {
  if (!what) std::abort();
}

bool match(const routing::Matcher& matcher, std::string_view host, std::string_view path, std::string_view query) {
  http::Arena arena;
  http::RequestHead head(arena);
  head.method_text = "GET";
  head.host = host;
  head.path = head.routing_path = path;
  head.query = query;
  head.has_query = !query.empty();
  head.fields.add("X-Name", "value");
  head.fields.add(http::FieldId::cookie, "a=b");
  return matcher.matches(head, config::IpAddress::parse("10.0.0.1").value());
}

void check_rule(const routing::Rule& rule) {
  const std::string text = routing::canonical(rule);
  const bool fits = text.size() <= routing::kMaxRuleBytes;
  const auto again = routing::parse_rule(text);
  if (fits) require(again.has_value() && *again == rule && routing::canonical(*again) == text);
  require(routing::shadows(rule, rule));
  routing::remarks(rule);
  const routing::Matcher matcher(rule);
  for (const std::string_view host : {"", "example.com", "a.example.com", "::1"}) {
    const bool matched = match(matcher, host, "/path/\xff", "a=b&c=%20+;d=%");
    const auto& needed = matcher.required_hosts();
    if (matched && needed) require(needed->size() > 0 && !host.empty());
  }
  match(matcher, "example.com", "*", "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto rule = routing::parse_rule(text);
  if (rule) {
    check_rule(*rule);
    return 0;
  }
  require(!rule.error().message.empty() && !rule.error().expected.empty() && rule.error().offset <= size);
  const std::string shown = routing::explain(text, rule.error());
  require(routing::first_invalid_utf8(shown) == std::string::npos);
  return 0;
}
