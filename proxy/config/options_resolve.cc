#include "proxy/config/options_resolve.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "proxy/config/go_values.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr std::size_t kLongestName = 64;  // of an entry point or a resolver

bool is_index(std::string_view element) {
  if (element.size() < 3 || element.front() != '[' || element.back() != ']') return false;
  return std::ranges::all_of(element.substr(1, element.size() - 2), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, fits);
}

bool asks_for_nothing(const OptionNode& node, const Setting& setting) {
  if (setting.shape != SettingShape::scalar) return false;
  // What holds without it as well, written out to keep Traefik from warning of its absence.
  if (node.name == "aliasHeadersStrategy") return equal_fold(setting.values.front(), "keep");
  const auto value = parse_bool(setting.values.front());
  if (!value) return false;
  if (node.kind == OptionKind::on_boolean) return *value;
  return (node.kind == OptionKind::boolean || node.kind == OptionKind::toggle) && !*value;
}

std::string_view expected_shape(OptionKind kind) {
  switch (kind) {
    case OptionKind::section:
      return "expected keys below it, not a value";
    case OptionKind::toggle:
      return "expected keys below it, or true or false";
    case OptionKind::list:
      return "expected a list of texts";
    case OptionKind::objects:
      return "expected a list of sections";
    case OptionKind::names:
      return "expected names with a text each below it";
    default:
      return "expected one value, not a list";
  }
}

// Whether a setting of this shape may stand at the node itself.
bool shape_fits(OptionKind kind, const Setting& setting) {
  switch (kind) {
    case OptionKind::section:
    case OptionKind::names:
    case OptionKind::objects:
      return setting.shape == SettingShape::section && setting.from_file();
    case OptionKind::toggle:
      return setting.shape == SettingShape::section ||
             (setting.shape == SettingShape::scalar && parse_bool(setting.values.front()));
    case OptionKind::boolean:
    case OptionKind::on_boolean:
      return setting.shape != SettingShape::list;
    case OptionKind::list:
      return setting.shape != SettingShape::section || setting.from_file();
    case OptionKind::anything:
      return true;
    default:
      return setting.shape == SettingShape::scalar || (setting.shape == SettingShape::section && setting.from_file());
  }
}

class Resolver {
 public:
  void add(const Setting& setting);
  ResolvedOptions take() { return std::move(out_); }

 private:
  // Where a path leads: the node, its key in proper case, and what is left of the path below free-form nodes.
  struct Place {
    const OptionNode* node = &option_schema();
    const OptionNode* topmost = nullptr;  // the highest node on the way of which everything has one status
    std::string topmost_key;
    std::string key;
    std::vector<std::string> names;
    bool inside = false;  // below a node that takes whatever comes
    bool indexed = false;
  };

  bool step(Place& place, const Setting& setting, std::size_t index);
  bool descend(Place& place, const Setting& setting, const std::string& element);
  void unknown(const Place& place, const Setting& setting, std::size_t index);
  void wrong_shape(const Place& place, const Setting& setting);
  bool speak(const Place& place, const Setting& setting);
  void keep(Place place, const Setting& setting);

  ResolvedOptions out_;
  std::set<std::string> said_;             // sections that have had their one warning or error
  std::map<std::string, std::size_t> at_;  // lower-case key → position in out_.options
};

// The nearest right key in its full length, or nothing.
std::string suggestion(const OptionNode& section, const std::string& section_key, std::string_view wrong, bool flag) {
  const std::string dashes = flag ? "--" : "";
  std::vector<std::string_view> siblings;
  for (const auto& child : section.children) {
    const bool fits = child.name != "*" && child.status != OptionStatus::removed && !equal_fold(child.name, wrong);
    if (fits) siblings.push_back(child.name);
  }
  if (const auto near = nearest(wrong, siblings); !near.empty()) {
    return dashes + (section_key.empty() ? "" : section_key + ".") + std::string{near};
  }
  // The right word in the wrong place: `exposedByDefault` at the top is providers.docker.exposedByDefault.
  const OptionNode* match = nullptr;
  for (const OptionNode* leaf : option_leaves()) {
    if (leaf->status != OptionStatus::done || !equal_fold(leaf->name, wrong)) continue;
    if (match != nullptr) return {};
    match = leaf;
  }
  if (match == nullptr) return {};
  std::string pattern = match->pattern;
  if (const auto star = pattern.find('*'); star != std::string::npos) pattern.replace(star, 1, "<name>");
  return dashes + pattern;
}

void Resolver::unknown(const Place& place, const Setting& setting, std::size_t index) {
  const auto& element = setting.path[index];
  std::string written;
  for (std::size_t i = 0; i <= index; ++i)
    written += (i == 0 || setting.path[i].starts_with('[') ? "" : ".") + setting.path[i];
  if (!said_.insert("?" + ascii_lower(written)).second) return;  // one message for all that stands below it
  const auto right = suggestion(*place.node, place.key, element, setting.from_flag());
  Setting at = setting;
  if (setting.from_file()) at.key = written;
  const bool flag = setting.from_flag();
  std::string text = flag ? "no such option" : "no such key";
  if (flag && index + 1 < setting.path.size()) text += ": " + config::quoted(element, 64) + " is unknown";
  if (place.inside || is_index(element)) text = "no list can stand here";
  out_.problems.push_back(option_error(option_code::kUnknownKey, at, text,
                                       right.empty() ? "" : "did you mean " + config::quoted(right) + "?"));
}

// False when the walk is over because a Problem was reported.
bool Resolver::descend(Place& place, const Setting& setting, const std::string& element) {
  const OptionNode* child = place.node->find(element);
  const bool chosen = child->name == "*";
  if (chosen && !is_name(element)) {
    out_.problems.push_back(option_error(option_code::kBadValue, setting,
                                         config::quoted(element, kLongestName) + " is no name that can be used",
                                         "use letters, digits, \"-\", \"_\" and \".\", at most 64"));
    return false;
  }
  place.node = child;
  place.key += (place.key.empty() ? "" : ".") + (chosen ? element : child->name);
  if (chosen) place.names.push_back(element);
  if (place.topmost == nullptr && child->uniform) {
    place.topmost = child;
    place.topmost_key = place.key;
  }
  return true;
}

bool Resolver::step(Place& place, const Setting& setting, std::size_t index) {
  const auto& element = setting.path[index];
  if (place.inside) return true;
  if (place.node->kind == OptionKind::anything || place.node->kind == OptionKind::names) {
    place.inside = true;
    // Each of the names is an option of its own.
    if (place.node->kind == OptionKind::names && place.node->status == OptionStatus::done) place.key += "." + element;
    return true;
  }
  if (is_index(element)) {
    const bool list = place.node->kind == OptionKind::list || place.node->kind == OptionKind::objects;
    if (list && !place.indexed) {
      place.indexed = true;
      return true;
    }
    wrong_shape(place, setting);
    return false;
  }
  // Keys below a node that takes one value, or below an item of a list of texts.
  if (place.node->children.empty()) {
    if (setting.from_flag()) {
      unknown(place, setting, index);
    } else {
      wrong_shape(place, setting);
    }
    return false;
  }
  if (place.node->kind == OptionKind::objects && !place.indexed) {
    wrong_shape(place, setting);
    return false;
  }
  if (place.node->find(element) == nullptr) {
    unknown(place, setting, index);
    return false;
  }
  place.indexed = false;
  return descend(place, setting, element);
}

void Resolver::wrong_shape(const Place& place, const Setting& setting) {
  if (!said_.insert("#" + ascii_lower(place.key)).second) return;
  Setting at = setting;
  if (setting.from_file()) at.key = place.key;
  std::string text{expected_shape(place.node->kind)};
  const bool single =
      place.node->children.empty() && place.node->kind != OptionKind::list && place.node->kind != OptionKind::names;
  if (single && setting.path.size() > 1 && !is_index(setting.path.back()) && setting.shape != SettingShape::list) {
    text = "expected one value, not keys below it";
  }
  if (setting.from_flag() && setting.shape == SettingShape::section) text = "expected a value: --key=value";
  out_.problems.push_back(option_error(option_code::kWrongShape, at, text));
}

// Says what there is to say about keys that are not done. True: the setting is of no further interest.
bool Resolver::speak(const Place& place, const Setting& setting) {
  const OptionStatus status = place.node->status;
  if (status == OptionStatus::done) return false;
  if (status == OptionStatus::accepted) return true;
  if (status == OptionStatus::removed) {
    if (said_.insert("-" + ascii_lower(place.key)).second) {
      Setting at = setting;
      if (setting.from_file()) at.key = place.key;
      out_.problems.push_back(option_error(option_code::kRemoved, at,
                                           "a key of an older Traefik that Traefik 3 does not have",
                                           std::string{place.node->note}));
    }
    return true;
  }
  if (asks_for_nothing(*place.node, setting)) return status == OptionStatus::guarded;
  const auto& key = place.topmost == nullptr || place.topmost->status != status ? place.key : place.topmost_key;
  if (said_.insert("!" + ascii_lower(key)).second) {
    Setting at = setting;
    if (setting.from_file()) at.key = key;
    const bool guarded = status == OptionStatus::guarded;
    out_.problems.push_back(
        option_warning(option_code::kNotDone, at, "known to Traefik, but not done yet in Mooring",
                       guarded ? "the entry point stays closed: without it, it could let in what should stay out"
                               : "it has no effect"));
  }
  return false;
}

void Resolver::keep(Place place, const Setting& setting) {
  const auto folded = ascii_lower(place.key);
  const auto [known, fresh] = at_.try_emplace(folded, out_.options.size());
  if (fresh) {
    out_.options.push_back({place.node, std::move(place.key), std::move(place.names), setting});
    return;
  }
  auto& before = out_.options[known->second].setting;
  if (place.node->kind == OptionKind::list) {
    before.values.insert(before.values.end(), setting.values.begin(), setting.values.end());
    before.shape = SettingShape::list;
  } else {
    before = setting;  // said twice on the command line: the last one counts, as in Traefik
  }
}

void Resolver::add(const Setting& setting) {
  Place place;
  for (std::size_t i = 0; i < setting.path.size(); ++i) {
    if (!place.inside && place.node == &option_schema() &&
        (place.node->find(setting.path[i]) == nullptr || equal_fold(setting.path[i], "configFile"))) {
      unknown(place, setting, i);
      return;
    }
    if (!step(place, setting, i)) return;
  }
  const bool item = place.indexed && place.node->kind == OptionKind::list;
  const bool fits =
      place.inside || (item ? setting.shape == SettingShape::scalar : shape_fits(place.node->kind, setting));
  if (!fits && place.node->status != OptionStatus::removed) {
    wrong_shape(place, setting);
    return;
  }
  // An empty section, and a key without a value in a file, say nothing: Traefik reads them as absent too.
  const bool toggles = place.node->kind == OptionKind::toggle;
  if (!toggles && setting.shape == SettingShape::section && setting.from_file() &&
      place.node->status != OptionStatus::removed) {
    return;
  }
  if (speak(place, setting)) return;
  Setting split = setting;
  if (place.node->kind == OptionKind::list && !item && setting.shape == SettingShape::scalar) {
    split.values = split_list(setting.values.front());
  }
  keep(std::move(place), split);
}

}  // namespace

ResolvedOptions resolve_options(const Settings& settings) {
  Resolver resolver;
  for (const auto& setting : settings) resolver.add(setting);
  return resolver.take();
}

}  // namespace mooring::config
