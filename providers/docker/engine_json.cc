#include "providers/docker/engine_json.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <limits>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

namespace mooring::docker {

namespace {

using Json = nlohmann::json;

const Json& null_value() {
  static const Json value;
  return value;
}

// `object[key]`, or null: for a missing key, and where `object` is no object at all.
const Json& get(const Json& object, const char* key) {
  if (!object.is_object()) {
    return null_value();
  }
  const auto found = object.find(key);
  return found == object.end() ? null_value() : *found;
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get_ref<const std::string&>() : std::string();
}

std::string text(const Json& object, const char* key) {
  return text_of(get(object, key));
}

std::int64_t number(const Json& object, const char* key, std::int64_t missing = 0) {
  const Json& value = get(object, key);
  if (value.is_number_unsigned()) {
    const auto wide = value.get<std::uint64_t>();
    return wide <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
               ? static_cast<std::int64_t>(wide)
               : missing;
  }
  return value.is_number_integer() ? value.get<std::int64_t>() : missing;
}

std::optional<std::uint16_t> port_number(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value == 0 || value > 65535) {
    return std::nullopt;
  }
  return static_cast<std::uint16_t>(value);
}

// Counts brackets outside of strings, before the parser allocates anything for them.
bool too_deep(std::string_view json) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMaxJsonDepth) {
        return true;
      }
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

Decoded<Json> parse(std::string_view json, bool want_array) {
  if (too_deep(json)) {
    return std::unexpected("the engine's reply is nested too deeply");
  }
  Json value = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) {
    return std::unexpected("the engine's reply is not JSON");
  }
  if (want_array ? !value.is_array() : !value.is_object()) {
    return std::unexpected(want_array ? "the engine's reply is not a JSON list"
                                      : "the engine's reply is not a JSON object");
  }
  return value;
}

Labels decode_labels(const Json& object) {
  Labels labels;
  if (object.is_object()) {
    for (const auto& [key, value] : object.items()) {
      if (value.is_string()) {
        labels.emplace(key, value.get_ref<const std::string&>());
      }
    }
  }
  return labels;
}

std::map<std::string, Attachment> decode_networks(const Json& object) {
  std::map<std::string, Attachment> networks;
  if (object.is_object()) {
    for (const auto& [name, value] : object.items()) {
      networks[name] = {text(value, "NetworkID"), text(value, "IPAddress"), text(value, "GlobalIPv6Address"),
                        text(value, "MacAddress"), text(value, "Gateway")};
    }
  }
  return networks;
}

void add_binding(std::vector<Port>& ports, std::uint16_t number, const std::string& protocol,
                 std::optional<HostBinding> binding) {
  const auto found =
      std::ranges::find_if(ports, [&](const Port& port) { return port.number == number && port.protocol == protocol; });
  Port& port = found != ports.end() ? *found : ports.emplace_back(Port{number, protocol, {}});
  if (binding) {
    port.bindings.push_back(std::move(*binding));
  }
}

void sort_ports(std::vector<Port>& ports) {
  for (Port& port : ports) {
    std::ranges::sort(port.bindings);
  }
  std::ranges::sort(ports);
}

// The list's form: [{"IP": …, "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}, …].
std::vector<Port> decode_listed_ports(const Json& list) {
  std::vector<Port> ports;
  if (!list.is_array()) {
    return ports;
  }
  for (const Json& entry : list) {
    const std::int64_t inside = number(entry, "PrivatePort");
    const std::int64_t outside = number(entry, "PublicPort");
    if (inside <= 0 || inside > 65535) {
      continue;
    }
    const std::string type = text(entry, "Type");
    std::optional<HostBinding> binding;
    if (outside > 0 && outside <= 65535) {
      binding = HostBinding{text(entry, "IP"), static_cast<std::uint16_t>(outside)};
    }
    add_binding(ports, static_cast<std::uint16_t>(inside), type.empty() ? "tcp" : type, std::move(binding));
  }
  sort_ports(ports);
  return ports;
}

// The inspect's form: {"80/tcp": [{"HostIp": …, "HostPort": "8080"}], "53/udp": null}.
std::vector<Port> decode_inspected_ports(const Json& object) {
  std::vector<Port> ports;
  if (!object.is_object()) {
    return ports;
  }
  for (const auto& [key, bindings] : object.items()) {
    const std::size_t slash = key.find('/');
    const auto inside = port_number(std::string_view(key).substr(0, slash));
    if (!inside) {
      continue;
    }
    const std::string protocol = slash == std::string::npos ? "tcp" : key.substr(slash + 1);
    add_binding(ports, *inside, protocol, std::nullopt);
    if (!bindings.is_array()) {
      continue;
    }
    for (const Json& binding : bindings) {
      if (const auto outside = port_number(text(binding, "HostPort")); outside) {
        add_binding(ports, *inside, protocol, HostBinding{text(binding, "HostIp"), *outside});
      }
    }
  }
  sort_ports(ports);
  return ports;
}

providers::Health health_from(std::string_view word) {
  using providers::Health;
  return word == "healthy"     ? Health::healthy
         : word == "unhealthy" ? Health::unhealthy
         : word == "starting"  ? Health::starting
                               : Health::none;
}

// The list tells the health only in its sentence: "Up 4 seconds (health: starting)", "Up 2 hours (healthy)".
providers::Health health_in_sentence(std::string_view sentence) {
  const std::size_t open = sentence.rfind('(');
  if (open == std::string_view::npos || !sentence.starts_with("Up") || !sentence.ends_with(')')) {
    return providers::Health::none;
  }
  std::string_view word = sentence.substr(open + 1, sentence.size() - open - 2);
  if (word.starts_with("health: ")) {
    word.remove_prefix(8);
  }
  return health_from(word);
}

// "/web" among "/web" and "/other/alias" (a link's alias has a second slash).
std::string own_name(const Json& names) {
  std::string first;
  if (!names.is_array()) {
    return first;
  }
  for (const Json& entry : names) {
    std::string name = text_of(entry);
    if (name.starts_with('/')) {
      name.erase(0, 1);
    }
    if (name.find('/') == std::string::npos) {
      return name;
    }
    if (first.empty()) {
      first = std::move(name);
    }
  }
  return first;
}

// The first line of the last health check's output, bounded: it is shown in status lines.
std::string last_output(const Json& health) {
  constexpr std::size_t kShown = 200;
  const Json& log = get(health, "Log");
  if (!log.is_array() || log.empty()) {
    return {};
  }
  std::string output = text(log.back(), "Output");
  output.resize(std::min(output.find_first_of("\r\n"), output.size()));
  if (output.size() > kShown) {
    std::size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(output[end]) & 0xC0U) == 0x80U) {
      --end;  // not inside a UTF-8 sequence
    }
    output.resize(end);
  }
  return output;
}

Container decode_entry(const Json& entry) {
  Container container;
  container.id = text(entry, "Id");
  container.name = own_name(get(entry, "Names"));
  container.image = text(entry, "Image");
  container.status = text(entry, "State");
  container.health = health_in_sentence(text(entry, "Status"));
  const std::int64_t created = number(entry, "Created");
  container.created = created > 0 && created < 7'000'000'000 ? created * 1'000'000'000 : 0;
  container.labels = decode_labels(get(entry, "Labels"));
  container.network_mode = text(get(entry, "HostConfig"), "NetworkMode");
  container.networks = decode_networks(get(get(entry, "NetworkSettings"), "Networks"));
  container.ports = decode_listed_ports(get(entry, "Ports"));
  return container;
}

}  // namespace

Decoded<std::vector<Container>> decode_list(std::string_view json) {
  const auto parsed = parse(json, /*want_array=*/true);
  if (!parsed) {
    return std::unexpected(parsed.error());
  }
  std::vector<Container> containers;
  containers.reserve(parsed->size());
  for (const Json& entry : *parsed) {
    Container container = decode_entry(entry);
    if (!container.id.empty()) {
      containers.push_back(std::move(container));
    }
  }
  return containers;
}

Decoded<Container> decode_inspect(std::string_view json) {
  const auto parsed = parse(json, /*want_array=*/false);
  if (!parsed) {
    return std::unexpected(parsed.error());
  }
  const Json& root = *parsed;
  const Json& state = get(root, "State");
  const Json& config = get(root, "Config");
  const Json& network = get(root, "NetworkSettings");
  Container container;
  container.id = text(root, "Id");
  if (container.id.empty()) {
    return std::unexpected("the engine's reply describes no container");
  }
  container.name = text(root, "Name");
  if (container.name.starts_with('/')) {
    container.name.erase(0, 1);
  }
  container.hostname = text(config, "Hostname");
  container.image = text(config, "Image");
  container.status = text(state, "Status");
  container.health = health_from(text(get(state, "Health"), "Status"));
  container.health_output = last_output(get(state, "Health"));
  container.created = parse_time(text(root, "Created"));
  container.labels = decode_labels(get(config, "Labels"));
  container.network_mode = text(get(root, "HostConfig"), "NetworkMode");
  container.networks = decode_networks(get(network, "Networks"));
  container.ports = decode_inspected_ports(get(network, "Ports"));
  container.exposed = decode_inspected_ports(get(config, "ExposedPorts"));
  container.stop_signal = signal_number(text(config, "StopSignal")).value_or(SIGTERM);
  constexpr std::int64_t kLongestStop = 24L * 3600 * 365;
  const std::int64_t seconds = number(config, "StopTimeout", 10);
  // -1 means: wait for ever.
  container.stop_timeout = std::chrono::seconds(seconds < 0 ? kLongestStop : std::min(seconds, kLongestStop));
  return container;
}

Decoded<Event> decode_event(std::string_view line) {
  const auto parsed = parse(line, /*want_array=*/false);
  if (!parsed) {
    return std::unexpected(parsed.error());
  }
  const Json& actor = get(*parsed, "Actor");
  Event event;
  event.type = text(*parsed, "Type");
  event.action = text(*parsed, "Action");
  event.labels = decode_labels(get(actor, "Attributes"));
  if (const std::size_t colon = event.action.find(':'); colon != std::string::npos) {
    const std::size_t begin = event.action.find_first_not_of(' ', colon + 1);
    event.detail = begin == std::string::npos ? std::string() : event.action.substr(begin);
    event.action.resize(colon);
  }
  if (event.type == "network") {
    event.network_id = text(actor, "ID");
    event.network = label_of(event.labels, "name");
    event.id = label_of(event.labels, "container");
  } else {
    event.id = text(actor, "ID");
  }
  if (event.action == "kill") {
    // The number comes as text, and an unreadable one must not look like the stop signal.
    event.signal = signal_number(label_of(event.labels, "signal")).value_or(0);
  }
  event.time_ns = std::max<std::int64_t>(number(*parsed, "timeNano"), 0);
  return event;
}

Decoded<Version> decode_version(std::string_view json) {
  const auto parsed = parse(json, /*want_array=*/false);
  if (!parsed) {
    return std::unexpected(parsed.error());
  }
  return Version{text(*parsed, "Version"), text(*parsed, "ApiVersion"), text(*parsed, "MinAPIVersion")};
}

std::string decode_message(std::string_view json) {
  const auto parsed = parse(json, /*want_array=*/false);
  return parsed ? text(*parsed, "message") : std::string();
}

}  // namespace mooring::docker
