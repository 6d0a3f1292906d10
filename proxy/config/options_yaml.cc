#include "proxy/config/options_yaml.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

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

struct Entry {
  std::string name;
  YAML::Node value;
  int line;
};

class Walker {
 public:
  Walker(const std::string& file, YamlSettings& out) : file_(file), out_(out) {}

  // False: the text is refused as a whole.
  bool accept_text(std::string_view text);
  void walk(const YAML::Node& node, const std::vector<std::string>& path, int line);
  void refuse(int line, std::string text, std::string fix = {});
  bool stopped() const { return stopped_; }

 private:
  Setting setting(const std::vector<std::string>& path, SettingShape shape, int line) const;
  void walk_map(const YAML::Node& node, const std::vector<std::string>& path);
  void walk_sequence(const YAML::Node& node, const std::vector<std::string>& path, int line);
  void add_entries(const YAML::Node& map, const std::vector<std::string>& path, bool merged, std::size_t depth,
                   std::vector<Entry>& entries, std::set<std::string>& seen);
  bool within_limits(const std::vector<std::string>& path, int line);
  bool count_node(int line);

  const std::string& file_;
  YamlSettings& out_;
  std::size_t nodes_ = 0;
  bool stopped_ = false;
};

bool Walker::accept_text(std::string_view text) {
  int line = 1;
  while (!text.empty()) {
    if (text.front() == '\0') {
      refuse(line, "the file holds a NUL byte: it is no text, or text in UTF-16", "save it as UTF-8");
      return false;
    }
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      refuse(line, "the file is not valid UTF-8", "save it as UTF-8");
      return false;
    }
    if (text.front() == '\n') ++line;
    text.remove_prefix(length);
  }
  return true;
}

void Walker::refuse(int line, std::string text, std::string fix) {
  out_.problems.push_back({std::string{option_code::kBrokenYaml}, Severity::error, file_ + ":" + std::to_string(line),
                           "", std::move(text), std::string{kNoStart}, std::move(fix)});
}

Setting Walker::setting(const std::vector<std::string>& path, SettingShape shape, int line) const {
  return {path, shape, {}, file_ + ":" + std::to_string(line), joined(path), false};
}

bool Walker::count_node(int line) {
  if (stopped_) return false;
  if (++nodes_ <= kMaxYamlNodes) return true;
  stopped_ = true;
  refuse(line, "the file has more than " + std::to_string(kMaxYamlNodes) + " values, what aliases repeat included");
  return false;
}

bool Walker::within_limits(const std::vector<std::string>& path, int line) {
  if (!count_node(line)) return false;
  if (path.size() <= kMaxYamlDepth) return true;
  stopped_ = true;
  refuse(line, "the file is nested more than " + std::to_string(kMaxYamlDepth) + " levels deep");
  return false;
}

void Walker::walk(const YAML::Node& node, const std::vector<std::string>& path, int line) {
  if (!within_limits(path, line)) return;
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      out_.settings.push_back(setting(path, SettingShape::section, line));
      return;
    case YAML::NodeType::Scalar: {
      auto scalar = setting(path, SettingShape::scalar, line);
      scalar.values.push_back(node.Scalar());
      out_.settings.push_back(std::move(scalar));
      return;
    }
    case YAML::NodeType::Sequence:
      walk_sequence(node, path, line);
      return;
    case YAML::NodeType::Map:
      if (node.size() == 0) out_.settings.push_back(setting(path, SettingShape::section, line));
      walk_map(node, path);
      return;
  }
}

// A sequence of scalars is one setting; any other one gets an index into the path of its items.
void Walker::walk_sequence(const YAML::Node& node, const std::vector<std::string>& path, int line) {
  const bool scalars = std::ranges::all_of(node, [](const YAML::Node& item) { return item.IsScalar(); });
  if (!scalars) {
    std::size_t index = 0;
    auto item_path = path;
    item_path.emplace_back();
    for (const YAML::Node& item : node) {
      item_path.back() = "[" + std::to_string(index++) + "]";
      walk(item, item_path, item.Mark().is_null() ? line : item.Mark().line + 1);
      if (stopped_) return;
    }
    return;
  }
  auto list = setting(path, SettingShape::list, line);
  for (const YAML::Node& item : node) {
    if (!count_node(line)) return;
    list.values.push_back(item.Scalar());
  }
  out_.settings.push_back(std::move(list));
}

void Walker::walk_map(const YAML::Node& node, const std::vector<std::string>& path) {
  std::vector<Entry> entries;
  std::set<std::string> seen;
  add_entries(node, path, false, 0, entries, seen);
  auto entry_path = path;
  entry_path.emplace_back();
  for (const auto& entry : entries) {
    if (stopped_) return;
    entry_path.back() = entry.name;
    walk(entry.value, entry_path, entry.line);
  }
}

// The keys of `map` that are not in `seen` yet, then those of the maps that it merges ("<<: *other").
void Walker::add_entries(const YAML::Node& map, const std::vector<std::string>& path, bool merged, std::size_t depth,
                         std::vector<Entry>& entries, std::set<std::string>& seen) {
  std::vector<std::pair<YAML::Node, int>> merges;
  for (const auto& pair : map) {
    const int line = pair.first.Mark().line + 1;
    if (!count_node(line)) return;
    if (!pair.first.IsScalar()) {
      refuse(line, "a key that is no text");
      continue;
    }
    const std::string& name = pair.first.Scalar();
    if (name == "<<") {
      merges.emplace_back(pair.second, line);
    } else if (seen.insert(ascii_lower(name)).second) {
      entries.push_back({name, pair.second, line});
    } else if (!merged) {
      auto full = path;
      full.push_back(name);
      out_.problems.push_back(option_error(option_code::kDuplicateKey, setting(full, SettingShape::section, line),
                                           "the key stands twice in the same place", "keep one of the two"));
    }
  }
  for (const auto& [value, line] : merges) {
    std::vector<YAML::Node> sources;
    if (value.IsSequence()) {
      for (const YAML::Node& source : value) sources.push_back(source);
    } else {
      sources.push_back(value);
    }
    for (const auto& source : sources) {
      if (!count_node(line)) return;
      if (!source.IsMap() || depth >= kMaxYamlDepth) {
        refuse(line, "\"<<\" takes a section or a list of sections to merge, not nested too deeply");
        continue;
      }
      add_entries(source, path, true, depth + 1, entries, seen);
    }
  }
}

// Notes where a document starts, and nothing else.
class DocumentStarts : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { line = mark.line + 1; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  int line = 1;
};

// The line of what follows the first document, or 0. Not by YAML::LoadAll: at a stray "," or "}" it never ends, because
// the parser reports documents without moving on. YAML::Load alone would ignore what follows.
int second_document(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  DocumentStarts starts;
  if (!parser.HandleNextDocument(starts)) return 0;
  return parser.HandleNextDocument(starts) ? starts.line : 0;
}

// A tab where YAML wants blanks is the commonest reason for a message that nobody understands.
bool starts_with_tab(std::string_view text, int line) {
  for (int current = 0; current < line; ++current) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  const auto first = text.find_first_not_of(' ');
  return first != std::string_view::npos && text[first] == '\t';
}

}  // namespace

YamlSettings read_options_yaml(std::string_view text, const std::string& file) {
  YamlSettings out;
  Walker walker(file, out);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark says nothing in UTF-8
  if (!walker.accept_text(text)) return out;
  try {
    const std::string whole{text};
    if (const int line = second_document(whole); line != 0) {
      walker.refuse(line, "something follows the end of the document: a second one, or a stray \",\", \"]\" or \"}\"",
                    "keep one document");
      return out;
    }
    const auto document = YAML::Load(whole);
    if (document.IsNull()) return out;
    if (!document.IsMap()) {
      walker.refuse(1, "expected sections such as \"entryPoints:\" at the top of the file");
      return out;
    }
    walker.walk(document, {}, 1);
    if (walker.stopped()) out.settings.clear();
    std::erase_if(out.settings, [](const Setting& setting) { return setting.path.empty(); });
  } catch (const YAML::DeepRecursion& error) {
    walker.refuse(std::max(error.mark.line, 0) + 1, "the file is nested too deeply");
  } catch (const YAML::Exception& error) {
    out.settings.clear();
    const int line = std::max(error.mark.line, 0);
    walker.refuse(
        line + 1,
        "broken YAML: " + printable(error.msg) + " (column " + std::to_string(std::max(error.mark.column, 0) + 1) + ")",
        starts_with_tab(text, line) ? "indent with blanks: YAML takes no tabs" : "");
  }
  return out;
}

}  // namespace mooring::config
