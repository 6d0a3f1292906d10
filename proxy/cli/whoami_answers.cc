#include "proxy/cli/whoami_answers.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "proxy/loop/socket_address.h"

namespace mooring::cli {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string_view>>;

// By name; fields of one name stay in their order.
Pairs sorted_fields(const http::RequestHead& request) {
  Pairs pairs;
  for (const http::Field& field : request.fields) {
    if (field.id != http::FieldId::host) pairs.emplace_back(canonical_name(field.name), field.value);
  }
  std::ranges::stable_sort(pairs, {}, &Pairs::value_type::first);
  return pairs;
}

void line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

std::string_view host_of(const http::RequestHead& request) {
  return request.authority.empty() ? request.fields.value(http::FieldId::host) : request.authority;
}

}  // namespace

std::string read_hostname() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

std::vector<std::string> read_addresses() {
  std::vector<std::string> addresses;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return addresses;
  for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
    if (each->ifa_addr == nullptr || (each->ifa_flags & IFF_LOOPBACK) != 0) continue;
    const int family = each->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    const auto length = static_cast<socklen_t>(family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    addresses.push_back(loop::SocketAddress::from_raw(each->ifa_addr, length).ip());
  }
  ::freeifaddrs(first);
  return addresses;
}

std::string peer_text(const http::Peer& peer) {
  const bool v6 = peer.address_text.contains(':');
  std::string text;
  text.append(v6 ? "[" : "").append(peer.address_text).append(v6 ? "]:" : ":");
  return text + std::to_string(peer.port);
}

std::string canonical_name(std::string_view name) {
  std::string out(name);
  bool upper = true;
  for (char& c : out) {
    if (upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (!upper && c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    upper = c == '-';
  }
  return out;
}

std::string whoami_text(const Identity& self, const http::Peer& peer, const http::RequestHead& request,
                        std::string_view body) {
  std::string out;
  if (!self.name.empty()) out += "Name: " + self.name + "\n";
  out += "Hostname: " + self.hostname + "\n";
  for (const std::string& address : self.addresses) out += "IP: " + address + "\n";
  out += "RemoteAddr: " + peer_text(peer) + "\n";
  out.append(request.method_text).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  line(out, "Host", host_of(request));
  const Pairs pairs = sorted_fields(request);
  for (const auto& [name, value] : pairs) {
    if (name == "User-Agent") line(out, name, value);
  }
  for (const auto& [name, value] : pairs) {
    if (name != "User-Agent") line(out, name, value);
  }
  return out.append("\r\n").append(body);
}

std::string whoami_json(const Identity& self, const http::Peer& peer, const http::RequestHead& request) {
  nlohmann::ordered_json document;
  document["hostname"] = self.hostname;
  document["ip"] = self.addresses;
  nlohmann::ordered_json headers = nlohmann::ordered_json::object();
  for (const auto& [name, value] : sorted_fields(request)) headers[name].push_back(std::string(value));
  document["headers"] = std::move(headers);
  document["url"] = std::string(request.target);
  document["host"] = std::string(host_of(request));
  document["method"] = std::string(request.method_text);
  if (!self.name.empty()) document["name"] = self.name;
  document["remoteAddr"] = peer_text(peer);
  // Field values are bytes: what is no UTF-8 is replaced, never thrown at.
  return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mooring::cli
