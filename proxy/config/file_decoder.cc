#include "proxy/config/file_decoder.h"

#include <algorithm>
#include <utility>

#include "proxy/config/go_values.h"
#include "proxy/config/label_reading.h"
#include "proxy/config/label_texts.h"
#include "proxy/config/problem_codes.h"

namespace mooring::config {
namespace {

std::string dotted(const std::vector<std::string>& path) {
  std::string key;
  for (const std::string& part : path) key += (key.empty() ? "" : ".") + part;
  return key;
}

// A comma would make two items of one, as it does in labels.
bool has_comma(const std::vector<std::string>& items) {
  return std::ranges::any_of(items, [](const std::string& item) { return item.contains(','); });
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (&item == items.data() ? "" : ",") + item;
  return text;
}

// The decoder speaks of labels; here they are keys.
void speak_of_keys(Problems& problems) {
  for (Problem& problem : problems) {
    const bool ignored = problem.in_force.starts_with(kIgnored) || problem.in_force.starts_with("the container's only");
    if (ignored) problem.in_force = "the key is ignored";
    constexpr std::string_view kLabels = " in Traefik's labels";
    if (problem.text.ends_with(kLabels)) {
      problem.text.replace(problem.text.size() - kLabels.size(), kLabels.size(), " at the top of a dynamic file");
    }
  }
}

void add_service(Fragment& fragment, const std::string& name, DecodedService decoded) {
  ServiceConfig service;
  service.servers = std::move(decoded.servers);
  service.pass_host_header = decoded.pass_host_header;
  service.sticky = std::move(decoded.sticky);
  service.flush_interval = decoded.flush_interval;
  service.servers_transport = std::move(decoded.servers_transport);
  service.strategy = decoded.strategy;
  service.health_check = std::move(decoded.health_check);
  service.passive_health_check = decoded.passive_health_check;
  service.queue = decoded.queue;
  service.broken = std::move(decoded.broken);
  if (!service.broken.empty()) service.servers.clear();
  fragment.services.emplace(name, std::move(service));
}

}  // namespace

DecodedLabels LabelDecoder::decode_file(std::span<const FileEntry> entries) {
  for (const FileEntry& entry : entries) read_file_entry(entry);
  line_ = 0;
  finish();
  speak_of_keys(out_.problems);
  return std::move(out_);
}

void LabelDecoder::read_file_entry(const FileEntry& entry) {
  line_ = entry.line;
  const ResolvedKey key = resolve_file_path(entry.path);
  const std::string label = dotted(entry.path);
  if (entry.kind != FileEntry::Kind::scalar && entry.items.empty() && read_empty(entry, key, label)) return;
  if (key.own) return read_own(key, label, entry.kind == FileEntry::Kind::list ? joined(entry.items) : entry.value);
  std::string value = entry.kind == FileEntry::Kind::list ? joined(entry.items) : entry.value;
  if (label.size() > kLongestLabelKey || value.size() > kLongestLabelValue) {
    const bool long_key = label.size() > kLongestLabelKey;
    report(code::kTooMuch, Severity::error, label.substr(0, kLongestLabelKey),
           std::string{"the "} + (long_key ? "key" : "value") + " has " +
               std::to_string(long_key ? label.size() : value.size()) + " bytes; " +
               std::to_string(long_key ? kLongestLabelKey : kLongestLabelValue) + " are read",
           spoil(key, label, "is too long to be read"));
    return;
  }
  if (key.fit != KeyFit::exact) return read_wrong(key, label, value);
  if (entry.kind == FileEntry::Kind::list && !read_list(key, label, entry.items)) return;
  read_exact(key, label, value);
}

// Whether nothing more is to be said of an empty section or list.
bool LabelDecoder::read_empty(const FileEntry& entry, const ResolvedKey& key, const std::string& label) {
  if (key.fit == KeyFit::standalone && key.trail.size() < kFieldDepth) return true;  // `http:`, `routers: {}`
  if (key.own) return key.fit == KeyFit::standalone;
  if (key.fit == KeyFit::standalone && key.trail.size() == kFieldDepth) {
    name_owner(key.owner, label);
    return true;
  }
  if (entry.kind == FileEntry::Kind::section && begin_check(key, label)) return true;
  if (entry.kind != FileEntry::Kind::list) return false;
  // `middlewares: []` says what saying nothing does; `middlewares:` may be a list that got lost.
  if (key.owner.kind == OwnerKind::http_service && key.field_at(kFieldDepth) == "loadBalancer") {
    named(services_, key.owner.name, label).labels.has_load_balancer = true;
    return true;
  }
  return key.fit == KeyFit::exact && key.entry->type == ValueType::list && key.owner.kind == OwnerKind::http_router;
}

// `healthCheck: {}` asks for a check with all its defaults.
bool LabelDecoder::begin_check(const ResolvedKey& key, const std::string& label) {
  if (key.owner.kind != OwnerKind::http_service || key.field_at(kFieldDepth) != "loadBalancer") return false;
  if (key.trail.size() != kFieldDepth + 2) return false;
  const std::string_view field = key.trail.back()->name;
  if (field != "healthCheck" && field != "passiveHealthCheck") return false;
  ServiceLabels& service = named(services_, key.owner.name, label).labels;
  service.has_load_balancer = true;
  if (field == "healthCheck" && !service.health.check) service.health.check.emplace();
  if (field == "passiveHealthCheck" && !service.health.passive) service.health.passive.emplace();
  return true;
}

// A router, service or middleware of which the file says nothing more than its name.
void LabelDecoder::name_owner(const KeyOwner& owner, const std::string& label) {
  if (owner.kind == OwnerKind::http_router) named(routers_, owner.name, label);
  if (owner.kind == OwnerKind::http_service) named(services_, owner.name, label);
  if (owner.kind == OwnerKind::http_middleware) {
    // Not what a cookie switched off is: of this one nobody knows what it was to be.
    named(middlewares_, owner.name, label).labels.broken = "it has no type";
    report(code::kIncomplete, Severity::error, label, "the middleware has no type", middleware_in_force(owner.name));
  }
  if (owner.kind == OwnerKind::http_transport) named(transports_, owner.name, label);
}

// Whether a list may stand here.
bool LabelDecoder::read_list(const ResolvedKey& key, const std::string& label, const std::vector<std::string>& items) {
  if (key.entry->type == ValueType::list && !has_comma(items)) return true;
  const bool many = key.entry->type == ValueType::list;
  report(code::kBadValue, Severity::error, label,
         many ? "an item of the list holds a comma" : "the value is a list; expected one value",
         spoil(key, label, many ? "holds a comma" : "is a list"));
  return false;
}

void LabelDecoder::read_label_only(const ResolvedKey& key, const std::string& label) {
  const bool server = key.owner.kind == OwnerKind::http_service;
  report(code::kLabelOnly, Severity::error, label, "this key is for labels alone",
         spoil(key, label, "is for labels alone"),
         server ? "write http.services." + printable(key.owner.name) + ".loadBalancer.servers with a url each" : "");
}

// The server that "….servers[3].url" speaks of.
FileServer& LabelDecoder::file_server(ServiceLabels& service, const std::string& label) {
  const auto open = label.rfind('[');
  const auto index =
      open == std::string::npos ? std::nullopt : parse_int(label.substr(open + 1, label.find(']', open) - open - 1));
  FileServer& server = service.servers[static_cast<std::size_t>(index.value_or(0))];
  if (server.line == 0) server.line = line_;
  return server;
}

std::optional<Finding> LabelDecoder::take_file_server(ServiceLabels& service, const ResolvedKey& key,
                                                      const std::string& label, std::string_view value) {
  return file_server(service, label).take(key.trail.back()->name, value);
}

// What cannot be read may have been what confines requests to a part of that server. The others go on.
std::string LabelDecoder::spoil_file_server(ServiceLabels& service, const std::string& label) {
  service.has_load_balancer = true;
  file_server(service, label).broken = true;
  return std::string{kServerInForce};
}

void LabelDecoder::finish_file_servers(Named<ServiceLabels>& service) {
  const std::string key = "http.services." + service.name + ".loadBalancer.servers";
  DecodedService& decoded = service.labels.service;
  for (auto& [index, server] : service.labels.servers) {
    line_ = server.line;
    if (server.broken) continue;
    if (!server.url) {
      report(code::kIncomplete, Severity::error, key + "[" + std::to_string(index) + "]", "the server has no url",
             std::string{kServerInForce}, "url: http://host:port");
      continue;
    }
    server.url->weight = server.weight;
    server.url->preserve_path = server.preserve_path;
    const bool twice =
        std::ranges::any_of(decoded.servers, [&](const auto& other) { return other.id == server.url->id; });
    if (!twice) decoded.servers.push_back(std::move(*server.url));
  }
  line_ = service.line;
  if (!decoded.servers.empty() || !decoded.broken.empty() || !service.labels.has_load_balancer) return;
  report(code::kIncomplete, Severity::warning, key, "the service has no server", service_in_force(service.name));
}

void LabelDecoder::finish_file_router(Named<RouterLabels>& router) {
  line_ = router.line;
  const auto lacks = [&](std::string_view code, const std::string& field, const std::string& fix) {
    const Finding finding{code, Severity::error, "the router has no " + field, true, {}};
    apply(finding, {OwnerKind::http_router, router.name}, "http.routers." + router.name, fix);
    if (field == "rule") out_.problems.back().in_force = "router " + config::quoted(router.name) + " matches nothing";
  };
  if (!router.labels.router.rule && router.labels.router.broken.empty())
    lacks(code::kIncomplete, "rule", "rule: Host(`example.com`)");
  if (!router.labels.router.service && router.labels.router.broken.empty())
    lacks(code::kNoServiceLink, "service", "service: <the name of one>");
}

void LabelDecoder::finish_transports() {
  for (auto& [folded, named] : transports_) out_.servers_transports.emplace(named.name, named.labels.transport);
}

DecodedLabels decode_file(std::span<const FileEntry> entries, std::string_view file) {
  return LabelDecoder{file, Form::file}.decode_file(entries);
}

Fragment file_fragment(std::span<const FileEntry> entries, std::string_view file) {
  DecodedLabels decoded = decode_file(entries, file);
  Fragment fragment;
  fragment.id = file;
  fragment.origin.provider = "file";
  fragment.origin.label = file;
  for (auto& [name, router] : decoded.routers) fragment.routers.emplace(name, router_config(router));
  for (auto& [name, service] : decoded.services) add_service(fragment, name, std::move(service));
  fragment.middlewares = std::move(decoded.middlewares);
  fragment.servers_transports = std::move(decoded.servers_transports);
  fragment.problems = std::move(decoded.problems);
  return fragment;
}

}  // namespace mooring::config
