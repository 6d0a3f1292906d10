#include "proxy/config/compose_variables.h"

#include <algorithm>

#include "proxy/config/go_values.h"
#include "proxy/config/printable.h"

namespace mooring::config {
namespace {

constexpr int kMostNesting = 16;
constexpr std::size_t kShownBytes = 30;

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name(char c) {
  return begins_name(c) || (c >= '0' && c <= '9');
}

std::size_t name_length(std::string_view text) {
  if (text.empty() || !begins_name(text.front())) return 0;
  return static_cast<std::size_t>(std::ranges::find_if_not(text, is_name) - text.begin());
}

// Where the brace closes that is open before `text`; npos where none does.
std::size_t closing_brace(std::string_view text) {
  int depth = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "${") ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

class Expander {
 public:
  Expander(const Variables& variables, std::vector<VariableFault>& faults) : variables_(variables), faults_(faults) {}

  std::string expand(std::string_view text, int depth) {
    std::string out;
    while (!text.empty()) {
      const auto dollar = text.find('$');
      out += text.substr(0, dollar);
      if (dollar == std::string_view::npos) break;
      text.remove_prefix(dollar + 1);
      text.remove_prefix(replace(text, out, depth));
    }
    return out;
  }

 private:
  // `text` begins behind the dollar sign; returns how much of it was used.
  std::size_t replace(std::string_view text, std::string& out, int depth) {
    if (text.starts_with('$')) {
      out += '$';
      return 1;
    }
    if (const std::size_t length = name_length(text); length > 0) {
      out += value_of(std::string{text.substr(0, length)});
      return length;
    }
    const auto close = text.starts_with('{') ? closing_brace(text.substr(1)) : std::string_view::npos;
    if (close == std::string_view::npos || depth == kMostNesting) {
      malformed("$" + printable(text.substr(0, text.find_first_of(" \"'`,")), kShownBytes));
      return text.starts_with('{') && close == std::string_view::npos ? text.size() : 0;
    }
    out += braced(text.substr(1, close), depth);
    return close + 2;
  }

  std::string braced(std::string_view inside, int depth) {
    const std::size_t length = name_length(inside);
    const std::string name{inside.substr(0, length)};
    std::string_view rest = inside.substr(length);
    const bool or_empty = rest.starts_with(':');
    if (or_empty) rest.remove_prefix(1);
    const bool plain = rest.empty() && !or_empty;
    if (name.empty() ||
        (!plain && (rest.empty() || std::string_view{"-?+"}.find(rest.front()) == std::string_view::npos))) {
      malformed("${" + printable(inside, kShownBytes) + "}");
      return {};
    }
    if (plain) return value_of(name);
    const auto value = variables_(name);
    const bool there = value && !(or_empty && value->empty());
    const std::string_view word = rest.substr(1);
    if (rest.front() == '+') return there ? expand(word, depth + 1) : std::string{};
    if (there) return *value;
    if (rest.front() == '-') return expand(word, depth + 1);
    faults_.push_back({VariableFault::Kind::required, name, expand(word, depth + 1)});
    return {};
  }

  std::string value_of(const std::string& name) {
    if (auto value = variables_(name)) return *std::move(value);
    faults_.push_back({VariableFault::Kind::unset, name, {}});
    return {};
  }

  void malformed(std::string text) { faults_.push_back({VariableFault::Kind::malformed, std::move(text), {}}); }

  const Variables& variables_;
  std::vector<VariableFault>& faults_;
};

// The value of one line of an .env file, from behind the "=".
std::string env_value(std::string_view text, const Variables& variables) {
  text = trimmed(text);
  std::vector<VariableFault> ignored;
  if (text.starts_with('\'')) return std::string{text.substr(1, text.find('\'', 1) - 1)};
  if (text.starts_with('"')) {
    std::string inside;
    for (std::size_t i = 1; i < text.size() && text[i] != '"'; ++i) {
      const bool escape = text[i] == '\\' && i + 1 < text.size();
      if (escape) ++i;
      if (escape && text[i] == '$') inside += '$';
      inside += escape && text[i] == 'n' ? '\n' : text[i];
    }
    return interpolated(inside, variables, ignored);
  }
  return interpolated(trimmed(text.substr(0, text.find(" #"))), variables, ignored);
}

}  // namespace

std::string interpolated(std::string_view text, const Variables& variables, std::vector<VariableFault>& faults) {
  if (text.find('$') == std::string_view::npos) return std::string{text};
  return Expander(variables, faults).expand(text, 0);
}

std::map<std::string, std::string> read_env_file(std::string_view text, const Variables& outer) {
  std::map<std::string, std::string> values;
  const Variables known = [&](const std::string& name) -> std::optional<std::string> {
    if (auto value = outer(name)) return value;
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional{found->second};
  };
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.starts_with("export ")) line = trimmed(line.substr(7));
    const std::size_t length = name_length(line);
    const std::string_view rest = trimmed(line.substr(length));
    if (length == 0 || !rest.starts_with('=')) continue;
    values.insert_or_assign(std::string{line.substr(0, length)}, env_value(rest.substr(1), known));
  }
  return values;
}

}  // namespace mooring::config
