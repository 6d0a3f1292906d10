// The checks that make a message unambiguous, and what they decide: framing, keep-alive, 100-continue, upgrade.
//
// A proxy must refuse whatever the next server could read in another way (request smuggling). Everything that llhttp
// lets through and RFC 9112 forbids is refused here, by hand. Called by the parsers when a head is complete. Pure
// functions over the head; any thread. Sources: RFC 9110 sections 5.5, 7.6.1, 7.8, 8.6, 10.1.1; RFC 9112 sections 3.2,
// 6, 9.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "proxy/http/failure.h"
#include "proxy/http/request_head.h"

namespace mooring::http {

// Expects method, method_text, target, minor_version and fields; fills framing, keep_alive, expects_continue, upgrade.
std::optional<Failure> check_request(RequestHead& head);
// Expects status, minor_version and fields; fills framing and keep_alive.
std::optional<Failure> check_response(ResponseHead& head, Method request_method);

// "field-name: field-value" as RFC 9110 section 5 has them: a token; no control characters but tab.
bool is_token(std::string_view text);
bool is_field_value(std::string_view text);

// Calls `each` with every member of a comma-separated list that is not empty, blanks around it removed.
template <typename Each>
void for_each_member(std::string_view list, Each each) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view member = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
    while (!member.empty() && (member.front() == ' ' || member.front() == '\t')) member.remove_prefix(1);
    while (!member.empty() && (member.back() == ' ' || member.back() == '\t')) member.remove_suffix(1);
    if (!member.empty()) each(member);
  }
}

}  // namespace mooring::http
