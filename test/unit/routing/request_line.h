// A request for routing tests, from one line: "GET a.example /path?query | X-Name: value | peer=10.0.0.1".
//
// "-" as host means none. Host and path are taken as they stand: they are what resolve_target() would have left. Owns
// the arena that the head views; not copied. One thread.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

#include "proxy/config/ip.h"
#include "proxy/http/arena.h"
#include "proxy/http/request_head.h"

namespace mooring::routing {

class RequestLine {
 public:
  explicit RequestLine(std::string_view line) {
    std::string_view rest = line;
    std::string_view start = take(rest, " | ");
    head.method_text = arena.copy(take(start, " "));
    const std::string_view host = take(start, " ");
    head.host = host == "-" ? std::string_view() : arena.copy(host);
    head.authority = head.host;
    head.target = arena.copy(start);
    const std::size_t mark = std::min(head.target.find('?'), head.target.size());
    head.path = head.routing_path = head.target.substr(0, mark);
    head.has_query = mark < head.target.size();
    if (head.has_query) head.query = head.target.substr(mark + 1);
    while (!rest.empty()) add(take(rest, " | "));
  }

  http::Arena arena;
  http::RequestHead head{arena};
  config::IpAddress peer = config::IpAddress::parse("192.0.2.1").value();

 private:
  static std::string_view take(std::string_view& rest, std::string_view separator) {
    const std::size_t at = rest.find(separator);
    const std::string_view part = rest.substr(0, at);
    rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + separator.size());
    return part;
  }

  void add(std::string_view part) {
    if (part.starts_with("peer=")) {
      peer = config::IpAddress::parse(part.substr(5)).value();
      return;
    }
    const std::string_view name = take(part, ": ");
    if (name.empty()) throw std::invalid_argument("a field without a name");
    head.fields.add(arena.copy(name), arena.copy(part));
  }
};

}  // namespace mooring::routing
