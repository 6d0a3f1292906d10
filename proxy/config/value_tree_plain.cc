#include "proxy/config/value_tree_plain.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace mooring::config {
namespace {

constexpr std::size_t kLongestKey = 512;  // YAML has a limit of its own, for keys that need no mark before them

bool alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool printable_ascii(char c) {
  return c >= ' ' && c <= '~';
}

// What a plain text may begin with here: nothing that means something in YAML.
bool begins_plain(char c) {
  return alphanumeric(c) || c == '_' || c == '/' || c == '.' || c == '(' || c == '$';
}

bool is_null(std::string_view text) {
  return text == "null" || text == "Null" || text == "NULL";
}

std::string_view without_trailing_blanks(std::string_view text) {
  const auto last = text.find_last_not_of(' ');
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

// How long the key at the front of `text` is; 0: there is none, or none that is plain.
std::size_t key_length(std::string_view text) {
  if (text.empty() || !(alphanumeric(text.front()) || text.front() == '_')) return 0;
  const auto end = std::ranges::find_if(
      text, [](char c) { return !alphanumeric(c) && c != '_' && c != '-' && c != '.' && c != '/' && c != '@'; });
  const auto length = static_cast<std::size_t>(end - text.begin());
  if (length > kLongestKey) return 0;
  const bool key =
      length < text.size() && text[length] == ':' && (length + 1 == text.size() || text[length + 1] == ' ');
  return key && !is_null(text.substr(0, length)) ? length : 0;
}

// One line that says something.
struct Line {
  std::size_t indent = 0;
  std::string_view text;  // behind the indent, without trailing blanks; empty: the end
  int number = 0;
};

class PlainReader {
 public:
  PlainReader(std::string_view text, const TreeLimits& limits) : rest_(text), limits_(limits) {}

  std::optional<ValueTree> run() {
    next();
    ValueTree root;
    if (failed_ || line_.text.empty() || line_.indent != 0 || key_length(line_.text) == 0) return std::nullopt;
    map(0, 0, root);
    if (failed_ || !line_.text.empty()) return std::nullopt;
    return root;
  }

 private:
  bool fail() {
    failed_ = true;
    line_ = {};
    return false;
  }

  // The next line that is neither blank nor a comment.
  void next() {
    line_.text = {};
    while (!rest_.empty() && line_.text.empty()) {
      ++number_;
      const auto end = rest_.find('\n');
      const std::string_view whole = rest_.substr(0, end);
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
      if (!std::ranges::all_of(whole, printable_ascii)) {
        fail();
        return;
      }
      const auto first = whole.find_first_not_of(' ');
      if (first == std::string_view::npos || whole[first] == '#') continue;
      line_ = {.indent = first, .text = without_trailing_blanks(whole.substr(first)), .number = number_};
    }
  }

  bool count(std::size_t values, std::size_t depth) {
    values_ += values;
    return values_ <= limits_.values && depth <= limits_.depth ? true : fail();
  }

  // The members whose keys stand at `indent`, from the present line on.
  void map(std::size_t indent, std::size_t depth, ValueTree& into) {
    if (!count(1, depth)) return;
    into.shape = ValueShape::map;
    into.line = line_.number;
    std::unordered_set<std::string_view> seen;
    while (!line_.text.empty() && line_.indent == indent) {
      const std::size_t length = key_length(line_.text);
      if (length == 0 || !count(1, depth + 1)) {
        fail();
        return;
      }
      const std::string_view key = line_.text.substr(0, length);
      if (!seen.insert(key).second) {
        fail();
        return;
      }
      const int number = line_.number;
      ValueTree& value = into.children.emplace_back();
      member(line_.text.substr(length + 1), indent, depth, value);
      if (failed_) return;
      value.key = key;
      value.line = number;
    }
    // Less indented: it is for whoever called. More: the text goes on in a way that is not plain.
    if (!line_.text.empty() && line_.indent > indent) fail();
  }

  // What stands behind "key:", on its line or below it.
  void member(std::string_view behind, std::size_t indent, std::size_t depth, ValueTree& value) {
    const auto first = behind.find_first_not_of(' ');
    if (first != std::string_view::npos) {
      scalar(behind.substr(first), depth + 1, value);
      return;
    }
    next();
    const bool dash = line_.text.starts_with("- ");
    if (!line_.text.empty() && line_.indent > indent) {
      dash ? list(line_.indent, depth + 1, value) : map(line_.indent, depth + 1, value);
    } else if (dash && line_.indent == indent) {
      list(indent, depth + 1, value);  // a list may stand as far left as its key
    } else {
      count(1, depth + 1);
    }
  }

  // The items whose dashes stand at `indent`.
  void list(std::size_t indent, std::size_t depth, ValueTree& into) {
    if (!count(1, depth)) return;
    into.shape = ValueShape::list;
    into.line = line_.number;
    while (!failed_ && line_.indent == indent && line_.text.starts_with("- ")) {
      const std::string_view behind = line_.text.substr(1);
      const auto first = behind.find_first_not_of(' ');
      const std::string_view item = behind.substr(first);
      ValueTree& value = into.children.emplace_back();
      if (key_length(item) != 0) {
        line_.indent += 1 + first;
        line_.text = item;
        map(line_.indent, depth + 1, value);
      } else {
        value.line = line_.number;
        scalar(item, depth + 1, value);
      }
    }
    if (!line_.text.empty() && line_.indent > indent) fail();
  }

  // A text that ends with its line.
  void scalar(std::string_view text, std::size_t depth, ValueTree& value) {
    if (!count(1, depth)) return;
    const char first = text.front();
    if (first == '"' || first == '\'') {
      if (text.size() < 2 || text.back() != first) {
        fail();
        return;
      }
      text = text.substr(1, text.size() - 2);
      if (text.contains(first) || text.contains('\\')) {
        fail();
        return;
      }
    } else if (!begins_plain(first) || text.contains('#') || text.contains(": ") || text.ends_with(':')) {
      fail();
      return;
    } else if (is_null(text)) {
      next();
      return;
    }
    value.shape = ValueShape::scalar;
    value.text = text;
    next();
  }

  std::string_view rest_;
  const TreeLimits& limits_;
  Line line_;
  int number_ = 0;
  std::size_t values_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<ValueTree> read_plain_yaml(std::string_view text, const TreeLimits& limits) {
  return PlainReader(text, limits).run();
}

}  // namespace mooring::config
