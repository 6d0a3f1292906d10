#include "proxy/config/value_tree.h"

#include <algorithm>
#include <array>
#include <utility>

#include "proxy/config/options_setting.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"
#include "proxy/config/value_tree_checks.h"

namespace mooring::config {
namespace {

constexpr std::size_t kMostDuplicates = 100;  // nobody reads more, and a hostile file could make thousands

// Length of the UTF-8 sequence at the front of `text`, or 0 where there is none (RFC 3629, table 3-7 of Unicode).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;   // no overlong form
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;  // no surrogate
    return byte(1) >= low && byte(1) <= high && tail(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return byte(1) >= low && byte(1) <= high && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

bool has_ending(std::string_view path, std::string_view ending) {
  return path.size() > ending.size() && equal_fold(path.substr(path.size() - ending.size()), ending);
}

}  // namespace

const ValueTree* ValueTree::find(std::string_view member) const {
  if (shape != ValueShape::map) return nullptr;
  const auto found = std::ranges::find_if(children, [&](const ValueTree& one) { return equal_fold(one.key, member); });
  return found == children.end() ? nullptr : &*found;
}

std::size_t ValueTree::values() const {
  std::size_t count = 1;
  for (const ValueTree& child : children) count += child.values();
  return count;
}

std::optional<TextFormat> text_format(std::string_view path) {
  if (has_ending(path, ".yml") || has_ending(path, ".yaml")) return TextFormat::yaml;
  if (has_ending(path, ".toml")) return TextFormat::toml;
  return std::nullopt;
}

TreeReading read_tree(TextFormat format, std::string_view text, const std::string& file, const TreeLimits& limits) {
  return format == TextFormat::yaml ? read_yaml_tree(text, file, limits) : read_toml_tree(text, file, limits);
}

bool TreeChecks::accept_text(std::string_view& text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark says nothing in UTF-8
  int line = 1;
  for (std::string_view rest = text; !rest.empty();) {
    if (rest.front() == '\0') {
      refuse(line, "the file holds a NUL byte: it is no text, or text in UTF-16", "save it as UTF-8");
      return false;
    }
    const std::size_t length = utf8_length(rest);
    if (length == 0) {
      refuse(line, "the file is not valid UTF-8", "save it as UTF-8");
      return false;
    }
    if (rest.front() == '\n') ++line;
    rest.remove_prefix(length);
  }
  return true;
}

bool TreeChecks::count(std::size_t values, std::size_t depth, int line) {
  if (stopped_) return false;
  values_ += values;
  if (values_ > limits_.values) {
    stop(line, "the file has more than " + std::to_string(limits_.values) + " values, what aliases repeat included");
  } else if (depth > limits_.depth) {
    stop(line, "the file is nested more than " + std::to_string(limits_.depth) + " levels deep");
  }
  return !stopped_;
}

void TreeChecks::refuse(int line, std::string text, std::string fix) {
  problems_.push_back({std::string{option_code::kBrokenText}, Severity::error, file_ + ":" + std::to_string(line), "",
                       std::move(text), limits_.in_force, std::move(fix)});
}

void TreeChecks::stop(int line, std::string text, std::string fix) {
  if (!stopped_) refuse(line, std::move(text), std::move(fix));
  stopped_ = true;
}

void TreeChecks::said_twice(const std::string& key, int line) {
  if (problems_.size() > kMostDuplicates) return;
  problems_.push_back({std::string{option_code::kDuplicateKey}, Severity::error, file_ + ":" + std::to_string(line),
                       printable(key), "the key stands twice in the same place", limits_.in_force,
                       "keep one of the two"});
}

std::string TreeChecks::folded(std::string_view key) const {
  return limits_.fold_case ? ascii_lower(key) : std::string{key};
}

}  // namespace mooring::config
