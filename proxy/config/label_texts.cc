#include "proxy/config/label_texts.h"

#include <algorithm>

#include "proxy/config/label_decoder.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {

std::string router_in_force(std::string_view name) {
  return "router " + config::quoted(name) + " is not served (503)";
}
std::string service_in_force(std::string_view name) {
  return "service " + config::quoted(name) + " has no endpoint (503)";
}
std::string middleware_in_force(std::string_view name) {
  return "routers that use middleware " + config::quoted(name) + " are not served (503)";
}

std::string transport_in_force(std::string_view name) {
  return "services that use servers transport " + config::quoted(name) + " are not served (503)";
}

std::string did_you_mean(const ResolvedKey& key) {
  if (key.canonical.empty()) return {};
  return "did you mean " + config::quoted(key.canonical, kLongestLabelKey) + "?";
}

std::string unknown_text(const ResolvedKey& key, std::string_view label) {
  std::string place;
  const SchemaNode* node = key.own ? &own_schema() : &schema();
  std::string_view rest = label.substr(std::min(label.size(), label.find('.') + 1));
  while (!rest.empty()) {
    const std::string_view segment = rest.substr(0, rest.find('.'));
    const SchemaNode* next = node->field(segment.substr(0, segment.find('[')));
    if (next == nullptr) next = node->any();
    if (next == nullptr) {
      const std::string root = key.own ? " below mooring" : " in Traefik's labels";
      return "no field " + config::quoted(segment) + (place.empty() ? root : " in " + place);
    }
    place += (place.empty() ? "" : ".") + (next->name.empty() ? std::string{"<name>"} : ascii_lower(next->name));
    node = next;
    rest = rest.size() == segment.size() ? std::string_view{} : rest.substr(segment.size() + 1);
  }
  if (key.canonical.empty()) return "no such key";
  return std::string{"the key is not written as "} + (key.own ? "it is read" : "Traefik reads it");
}

bool decides_address(const SchemaNode& node) {
  if (node.entry != nullptr) {
    if (node.entry->support == Support::guards) return true;
    const std::string_view path = node.entry->path;
    if (path.contains(".server.") || path.contains(".servers[].")) return true;
  }
  return std::ranges::any_of(node.children, decides_address);
}

}  // namespace mooring::config
