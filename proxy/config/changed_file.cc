#include "proxy/config/changed_file.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "proxy/config/dynamic_file.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

// In the order of Outline::parts.
constexpr std::array<std::string_view, 4> kSections = {"routers:", "services:", "middlewares:", "serversTransports:"};

// The lines of one router, service, middleware or servers transport, its name's line first.
using Parts = std::unordered_map<std::string_view, std::string_view>;

// Where the parts of a file stand, found by the indents of its lines alone. Of plain YAML that is where they stand.
struct Outline {
  std::array<Parts, kSections.size()> parts;

  std::size_t size() const {
    std::size_t count = 0;
    for (const Parts& section : parts) count += section.size();
    return count;
  }
};

class OutlineReader {
 public:
  explicit OutlineReader(std::string_view text) : text_(text) {}

  // Nothing: there is something else in it than parts of `http`.
  std::optional<Outline> run() {
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size() - 1) + 1;
      if (!line(at, text_.substr(at, end - at))) return std::nullopt;
      at = end;
    }
    if (!close(text_.size()) || outline_.size() == 0) return std::nullopt;
    return std::move(outline_);
  }

 private:
  bool line(std::size_t at, std::string_view whole) {
    const auto indent = whole.find_first_not_of(' ');
    if (part_indent_ != 0 && indent != std::string_view::npos && indent > part_indent_) return true;  // of that part
    std::string_view text = whole.substr(std::min(indent, whole.size()));
    text = text.substr(0, text.find_last_not_of(" \n") + 1);
    // What stands in a part is read when it has changed; this is not.
    if (!std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; })) return false;
    if (text.empty() || text.front() == '#') return true;
    if (!close(at) || text.front() == '-') return false;
    if (indent == 0) return text == "http:" && !std::exchange(in_http_, true);
    if (!in_http_) return false;
    if (section_indent_ == 0) section_indent_ = indent;
    return indent == section_indent_ ? section(text) : indent > section_indent_ && part(at, indent, text);
  }

  bool section(std::string_view text) {
    section_ = static_cast<std::size_t>(std::ranges::find(kSections, text) - kSections.begin());
    part_indent_ = 0;
    return section_ < kSections.size() && !std::exchange(seen_.at(section_), true);
  }

  bool part(std::size_t at, std::size_t indent, std::string_view text) {
    if (section_ == kSections.size()) return false;
    if (part_indent_ == 0) part_indent_ = indent;
    const auto colon = text.find(':');
    if (indent != part_indent_ || colon == std::string_view::npos || colon == 0) return false;
    name_ = text.substr(0, colon);
    begins_ = at;
    return true;
  }

  bool close(std::size_t at) {
    if (name_.empty()) return true;
    const std::string_view name = std::exchange(name_, {});
    return outline_.parts.at(section_).emplace(name, text_.substr(begins_, at - begins_)).second;
  }

  std::string_view text_;
  Outline outline_;
  bool in_http_ = false;
  std::size_t section_ = kSections.size();
  std::array<bool, kSections.size()> seen_{};
  std::size_t section_indent_ = 0;  // 0: no section yet
  std::size_t part_indent_ = 0;     // 0: no part of this section yet
  std::string_view name_;           // of the part that goes on; empty: none
  std::size_t begins_ = 0;
};

// Names that differ in case alone are one thing, said in two parts.
bool one_part_a_name(const Outline& outline) {
  return std::ranges::all_of(outline.parts, [](const Parts& parts) {
    std::unordered_set<std::string> names;
    names.reserve(parts.size());
    return std::ranges::all_of(parts, [&](const auto& part) { return names.insert(ascii_lower(part.first)).second; });
  });
}

template <typename Map>
bool names_of(const Parts& parts, const Map& map) {
  return parts.size() == map.size() &&
         std::ranges::all_of(parts, [&](const auto& part) { return map.contains(std::string{part.first}); });
}

bool names_all(const Outline& outline, const Fragment& fragment) {
  return names_of(outline.parts[0], fragment.routers) && names_of(outline.parts[1], fragment.services) &&
         names_of(outline.parts[2], fragment.middlewares) && names_of(outline.parts[3], fragment.servers_transports);
}

// The parts of `now` that `before` has not, or not so.
Outline changes(const Outline& before, const Outline& now) {
  Outline changed;
  for (std::size_t section = 0; section < kSections.size(); ++section) {
    const Parts& old = before.parts.at(section);
    for (const auto& [name, text] : now.parts.at(section)) {
      const auto found = old.find(name);
      if (found == old.end() || found->second != text) changed.parts.at(section).emplace(name, text);
    }
  }
  return changed;
}

// A file of these parts alone.
std::string text_of(const Outline& outline) {
  std::string text = "http:\n";
  for (std::size_t section = 0; section < kSections.size(); ++section) {
    if (outline.parts.at(section).empty()) continue;
    text.append(" ").append(kSections.at(section)).append("\n");
    for (const auto& [name, lines] : outline.parts.at(section))
      text.append(lines).append(lines.ends_with('\n') ? "" : "\n");
  }
  return text;
}

template <typename Map>
void take(Map& into, const Parts& now, Map& changed) {
  std::erase_if(into, [&](const auto& item) { return !now.contains(item.first); });
  for (auto& [name, config] : changed) into.insert_or_assign(name, std::move(config));
}

}  // namespace

std::optional<Fragment> read_change(std::string_view before, const Fragment& meant, std::string_view now,
                                    const std::string& file) {
  if (!meant.problems.empty() || now.contains("{{") || now.size() / 2 > kMostFileValues) return std::nullopt;
  const auto old = OutlineReader(before).run();
  if (!old || !names_all(*old, meant)) return std::nullopt;
  const auto outline = OutlineReader(now).run();
  if (!outline || !one_part_a_name(*old) || !one_part_a_name(*outline)) return std::nullopt;
  const Outline changed = changes(*old, *outline);
  if (changed.size() * 2 > outline->size()) return std::nullopt;
  Fragment made = meant;
  Fragment part;
  if (changed.size() != 0) {
    DynamicFile read = read_dynamic_file(text_of(changed), file, {});
    if (!read.plain || !read.fragment) return std::nullopt;
    part = std::move(*read.fragment);
    if (!part.problems.empty() || !names_all(changed, part)) return std::nullopt;
  }
  take(made.routers, outline->parts[0], part.routers);
  take(made.services, outline->parts[1], part.services);
  take(made.middlewares, outline->parts[2], part.middlewares);
  take(made.servers_transports, outline->parts[3], part.servers_transports);
  return made;
}

}  // namespace mooring::config
