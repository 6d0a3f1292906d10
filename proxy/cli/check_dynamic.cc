#include "proxy/cli/check_dynamic.h"

#include <map>
#include <memory>
#include <utility>

#include "proxy/config/label_decoder.h"
#include "proxy/config/label_key.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/server_url.h"
#include "proxy/config/suggest.h"

namespace mooring::cli {
namespace {

using config::Problem;
using config::ValueShape;
using config::ValueTree;

constexpr std::string_view kRoot = "traefik.";

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  DynamicFile read(const ValueTree& tree) {
    auto fragment = std::make_shared<config::Fragment>();
    fragment->id = file_;
    fragment->origin.provider = "file";
    fragment->origin.label = file_;
    for (const ValueTree& section : tree.children) flatten(section, std::string{kRoot} + section.key);
    config::DecodedLabels decoded = config::decode_labels(labels_, file_);
    for (auto& [name, router] : decoded.routers) fragment->routers.emplace(name, router_config(std::move(router)));
    for (auto& [name, service] : decoded.services) {
      config::ServiceConfig& config = fragment->services[name];
      config.pass_host_header = service.pass_host_header;
      config.sticky = std::move(service.sticky);
      config.broken = std::move(service.broken);
    }
    for (auto& [name, servers] : servers_) fragment->services[name].servers = std::move(servers);
    fragment->middlewares = std::move(decoded.middlewares);
    fragment->problems = std::move(problems_);
    for (Problem& problem : decoded.problems) fragment->problems.push_back(placed(std::move(problem)));
    return {std::move(fragment), std::move(lines_)};
  }

 private:
  void flatten(const ValueTree& value, const std::string& key) {
    if (value.shape == ValueShape::map) {
      for (const ValueTree& member : value.children) flatten(member, key + "." + member.key);
      if (value.children.empty()) add(key, "", value.line);
      return;
    }
    if (value.shape != ValueShape::list) return add(key, value.text, value.line);
    std::string items;
    std::size_t index = 0;
    for (const ValueTree& item : value.children) {
      if (item.shape == ValueShape::map) {
        flatten(item, key + "[" + std::to_string(index++) + "]");
      } else {
        items += (items.empty() ? "" : ",") + item.text;
      }
    }
    if (index == 0) add(key, items, value.line);
  }

  void add(const std::string& key, const std::string& value, int line) {
    const config::ResolvedKey resolved = config::resolve_label_key(key);
    const bool exact = resolved.fit == config::KeyFit::exact;
    if (!exact || resolved.entry->form != config::Form::file) {
      labels_.emplace(key, value);
      lines_.emplace(key, line);
      return;
    }
    const std::string_view path = resolved.entry->path;
    if (path == "http.services.*.loadBalancer.servers[].url") return add_server(resolved.owner.name, key, value, line);
    if (path.starts_with("http.services.*.loadBalancer.") || path.starts_with("http.serversTransports.")) return;
    if (path.starts_with("http.")) {
      tell(config::code::kNotDone, key, line, "this key is known to Traefik and not done here yet",
           "what it belongs to is not served");
    }
  }

  void add_server(const std::string& service, const std::string& key, const std::string& url, int line) {
    auto server = config::parse_server_url(url);
    auto& servers = servers_[service];  // a service with a bad server is a service
    if (server) {
      servers.push_back(std::move(*server));
      return;
    }
    tell(config::code::kBadValue, key, line, "the value is no URL of a server: " + server.error(),
         "the server gets no request");
  }

  void tell(std::string_view code, const std::string& key, int line, std::string text, std::string in_force) {
    Problem problem;
    problem.code = code;
    problem.where = file_ + ":" + std::to_string(line);
    problem.key = config::printable(std::string_view{key}.substr(kRoot.size()));
    problem.text = std::move(text);
    problem.in_force = std::move(in_force);
    problems_.push_back(std::move(problem));
  }

  static config::RouterConfig router_config(config::DecodedRouter decoded) {
    config::RouterConfig router;
    router.rule = decoded.rule.value_or("");
    router.entry_points = std::move(decoded.entry_points);
    router.middlewares = std::move(decoded.middlewares);
    router.service = decoded.service.value_or("");
    router.priority = decoded.priority;
    router.broken = std::move(decoded.broken);
    return router;
  }

  // From a label's words to a file's: no "traefik.", and the line of the key or of the first one below it.
  Problem placed(Problem problem) const {
    auto found = lines_.lower_bound(problem.key);
    if (found == lines_.end() || !found->first.starts_with(problem.key)) found = lines_.begin();
    const int line = found == lines_.end() ? 1 : found->second;
    problem.where = file_ + ":" + std::to_string(line);
    const auto strip = [](std::string& text) {
      for (auto at = text.find("traefik.http."); at != std::string::npos; at = text.find("traefik.http.", at)) {
        text.erase(at, kRoot.size());
      }
    };
    strip(problem.key);
    strip(problem.fix);
    return problem;
  }

  std::string file_;
  std::map<std::string, std::string> labels_;
  std::map<std::string, int> lines_;
  std::map<std::string, std::vector<config::ServerConfig>> servers_;
  config::Problems problems_;
};

}  // namespace

DynamicFile read_dynamic(const ValueTree& tree, const std::string& file) {
  return Reader(file).read(tree);
}

}  // namespace mooring::cli
