// Errors come back as values: nothing of toml++ throws here.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
// toml++ asserts that a key begins like a key, and only then looks (a header like "[=]"). A release build would even
// tell the compiler to take that for granted. With the assertion empty and NDEBUG off, what the parser checks stays
// checked.
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <toml++/toml.hpp>
#include <unordered_set>
#include <utility>
#include <vector>

#include "proxy/config/options_setting.h"
#include "proxy/config/printable.h"
#include "proxy/config/value_tree.h"
#include "proxy/config/value_tree_checks.h"

namespace mooring::config {
namespace {

int line_of(const toml::source_region& source) {
  return static_cast<int>(std::max<toml::source_index>(source.begin.line, 1));
}

// What is no text becomes the text that it would be in YAML.
std::string text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  std::ostringstream out;
  if (const auto* number = node.as_floating_point()) out << number->get();
  if (const auto* date = node.as_date()) out << date->get();
  if (const auto* time = node.as_time()) out << time->get();
  if (const auto* moment = node.as_date_time()) out << moment->get();
  return out.str();
}

// The place in a text as far as quotes and comments go.
class Quotes {
 public:
  explicit Quotes(std::string_view text) : text_(text) {}

  // The line of the first character that is not ASCII and stands neither in quotes nor in a comment, or 0. TOML allows
  // none there; the parser's own table of blanks has a hole for some of them (U+FCB5 to U+FEFE).
  int foreign_line() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if ((c == '"' || c == '\'') && text_may_begin()) {
        skip_string(c);
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (static_cast<unsigned char>(c) >= 0x80) {
        return 1 + static_cast<int>(std::ranges::count(text_.substr(0, at_), '\n'));
      } else {
        ++at_;
      }
    }
    return 0;
  }

 private:
  // Elsewhere a quote is part of what the parser reads as something else, up to its first character that is not ASCII.
  bool text_may_begin() const {
    constexpr std::string_view kBefore = " \t\r\n=,.[{";
    return at_ == 0 || kBefore.contains(text_[at_ - 1]);
  }

  void skip_string(char quote) {
    const std::string three(3, quote);
    const bool lines = text_.substr(at_).starts_with(three);
    at_ += lines ? 3 : 1;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\\' && quote == '"') {
        at_ += 2;
      } else if (lines && text_.substr(at_).starts_with(three)) {
        at_ += 3;
        // Two more quotes may belong to the text.
        for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] == quote; ++more) ++at_;
        return;
      } else {
        ++at_;
        if (!lines && (c == quote || c == '\n')) return;
      }
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class TreeMaker {
 public:
  explicit TreeMaker(TreeChecks& checks) : checks_(checks) {}

  ValueTree make(const toml::node& node, std::size_t depth, int line) {
    ValueTree tree;
    tree.line = line;
    if (!checks_.count(1, depth, line)) return tree;
    if (const auto* table = node.as_table()) {
      add_members(*table, depth, tree);
    } else if (const auto* array = node.as_array()) {
      tree.shape = ValueShape::list;
      for (const toml::node& item : *array) tree.children.push_back(make(item, depth + 1, line_of(item.source())));
    } else {
      tree.shape = ValueShape::scalar;
      tree.text = text_of(node);
    }
    return tree;
  }

 private:
  // In the order of the file: toml++ keeps them in the order of the alphabet.
  void add_members(const toml::table& table, std::size_t depth, ValueTree& tree) {
    struct Member {
      toml::source_position at;
      std::string key;
      const toml::node* value;
    };
    std::vector<Member> members;
    for (auto&& [key, value] : table) members.push_back({key.source().begin, std::string{key.str()}, &value});
    std::ranges::stable_sort(members, [](const Member& a, const Member& b) { return a.at < b.at; });
    tree.shape = ValueShape::map;
    std::unordered_set<std::string> seen;
    for (const Member& member : members) {
      const int line = static_cast<int>(std::max<toml::source_index>(member.at.line, 1));
      if (checks_.stopped()) return;
      path_.push_back(member.key);
      if (seen.insert(checks_.folded(member.key)).second) {
        tree.children.push_back(make(*member.value, depth + 1, line));
        tree.children.back().key = member.key;
      } else {
        checks_.said_twice(joined(path_), line);
      }
      path_.pop_back();
    }
  }

  TreeChecks& checks_;
  std::vector<std::string> path_;
};

}  // namespace

TreeReading read_toml_tree(std::string_view text, const std::string& file, const TreeLimits& limits) {
  TreeReading out;
  TreeChecks checks(file, limits, out.problems);
  if (!checks.accept_text(text)) return out;
  if (const int line = Quotes(text).foreign_line(); line != 0) {
    checks.refuse(line, "a character that is not ASCII stands outside quotes", "put keys and texts in quotes");
    return out;
  }
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    const toml::source_region& source = parsed.error().source();
    const std::string_view what = parsed.error().description();
    const auto column = std::max<toml::source_index>(source.begin.column, 1);
    // The commonest slip of who knows YAML: the parser takes a bare word for a number or a boolean.
    const bool bare = what.find("floating-point") != what.npos || what.find("boolean") != what.npos ||
                      what.find("value type") != what.npos;
    checks.refuse(line_of(source), "broken TOML: " + printable(what) + " (column " + std::to_string(column) + ")",
                  bare ? "in TOML a text stands in quotes" : "");
    return out;
  }
  out.tree = TreeMaker(checks).make(parsed.table(), 0, 1);
  if (checks.stopped() || out.tree.children.empty()) out.tree = {};
  return out;
}

}  // namespace mooring::config
