#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <istream>
#include <span>
#include <spanstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "proxy/config/options_setting.h"
#include "proxy/config/printable.h"
#include "proxy/config/value_tree.h"
#include "proxy/config/value_tree_checks.h"
#include "proxy/config/value_tree_plain.h"

namespace mooring::config {
namespace {

int line_of(const YAML::Mark& mark) {
  return std::max(mark.line, 0) + 1;
}

// Builds the tree as the parser goes: no document of yaml-cpp's own is made, which takes several times the memory and
// the time. Once stopped it ignores what else comes, because a handler cannot end the parser but by an exception.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(TreeChecks& checks, ValueTree& root) : checks_(checks), root_(root) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add({.shape = ValueShape::empty, .line = line_of(mark)}, anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, const std::string& value) override {
    add({.shape = ValueShape::scalar, .text = value, .line = line_of(mark)}, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(ValueShape::list, line_of(mark), anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(ValueShape::map, line_of(mark), anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Anchored {
    ValueTree tree;
    std::size_t values;
    std::size_t height;  // levels below it
  };
  struct Frame {
    ValueTree tree;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::size_t height = 0;
    bool has_key = false;  // of a map: what comes next is the value of `key`
    bool drop = false;     // that value has no usable key
    ValueTree key;
    std::unordered_set<std::string> seen;
    std::vector<ValueTree> merges;  // the values of "<<"
  };

  void open(ValueShape shape, int line, YAML::anchor_t anchor);
  void close();
  void add(ValueTree value, YAML::anchor_t anchor);
  void place(ValueTree value, std::size_t height);
  void place_in_map(Frame& frame, ValueTree value);
  void remember(YAML::anchor_t anchor, const ValueTree& tree, std::size_t height);
  void merge(Frame& frame);
  std::string full_key(const Frame& frame) const;

  TreeChecks& checks_;
  ValueTree& root_;
  std::vector<Frame> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
};

void TreeBuilder::open(ValueShape shape, int line, YAML::anchor_t anchor) {
  if (!checks_.count(1, open_.size(), line)) return;
  Frame frame;
  frame.tree.shape = shape;
  frame.tree.line = line;
  frame.anchor = anchor;
  open_.push_back(std::move(frame));
}

void TreeBuilder::close() {
  if (checks_.stopped()) return;
  merge(open_.back());
  Frame frame = std::move(open_.back());
  open_.pop_back();
  remember(frame.anchor, frame.tree, frame.height);
  place(std::move(frame.tree), frame.height);
}

void TreeBuilder::add(ValueTree value, YAML::anchor_t anchor) {
  if (!checks_.count(1, open_.size(), value.line)) return;
  remember(anchor, value, 0);
  place(std::move(value), 0);
}

void TreeBuilder::remember(YAML::anchor_t anchor, const ValueTree& tree, std::size_t height) {
  if (anchor != YAML::NullAnchor) anchors_.insert_or_assign(anchor, Anchored{tree, tree.values(), height});
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (checks_.stopped()) return;
  const int line = line_of(mark);
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    checks_.stop(line, "an alias that stands within what it names");
    return;
  }
  if (!checks_.count(found->second.values, open_.size() + found->second.height, line)) return;
  ValueTree value = found->second.tree;
  const bool item = !open_.empty() && open_.back().tree.shape == ValueShape::list;
  if (item) value.line = line;
  place(std::move(value), found->second.height);
}

void TreeBuilder::place(ValueTree value, std::size_t height) {
  if (open_.empty()) {
    root_ = std::move(value);
    return;
  }
  Frame& frame = open_.back();
  frame.height = std::max(frame.height, height + 1);
  if (frame.tree.shape == ValueShape::map) {
    place_in_map(frame, std::move(value));
  } else {
    frame.tree.children.push_back(std::move(value));
  }
}

std::string TreeBuilder::full_key(const Frame& frame) const {
  std::vector<std::string> path;
  for (const Frame& outer : open_) {
    if (&outer != &frame && outer.tree.shape == ValueShape::map) path.push_back(outer.key.text);
  }
  path.push_back(frame.key.text);
  return joined(path);
}

void TreeBuilder::place_in_map(Frame& frame, ValueTree value) {
  if (!frame.has_key) {
    frame.has_key = true;
    frame.drop = false;
    frame.key = std::move(value);
    if (frame.key.shape != ValueShape::scalar) {
      checks_.refuse(frame.key.line, "a key that is no text");
      frame.drop = true;
    } else if (frame.key.text != "<<" && !frame.seen.insert(checks_.folded(frame.key.text)).second) {
      checks_.said_twice(full_key(frame), frame.key.line);
      frame.drop = true;
    }
    return;
  }
  frame.has_key = false;
  if (frame.drop) return;
  value.line = frame.key.line;
  if (frame.key.text == "<<") {
    frame.merges.push_back(std::move(value));
  } else {
    value.key = std::move(frame.key.text);
    frame.tree.children.push_back(std::move(value));
  }
}

// The members of the maps that are merged ("<<: *other"), as far as the map has not said them itself.
void TreeBuilder::merge(Frame& frame) {
  for (ValueTree& merged : frame.merges) {
    std::vector<ValueTree> sources;
    if (merged.shape == ValueShape::list) {
      sources = std::move(merged.children);
    } else {
      sources.push_back(std::move(merged));
    }
    for (ValueTree& source : sources) {
      if (source.shape != ValueShape::map) {
        checks_.refuse(source.line, "\"<<\" takes a section or a list of sections to merge");
        continue;
      }
      for (ValueTree& member : source.children) {
        if (frame.seen.insert(checks_.folded(member.key)).second) frame.tree.children.push_back(std::move(member));
      }
    }
  }
}

// Notes where a document starts, and nothing else.
class DocumentStart final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override { line = line_of(mark); }
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

// One document alone. Not by YAML::LoadAll: at a stray "," or "}" it never ends, because the parser reports documents
// without moving on. YAML::Load alone would ignore what follows.
void parse(std::istream& stream, TreeChecks& checks, ValueTree& tree) {
  YAML::Parser parser(stream);
  TreeBuilder builder(checks, tree);
  if (!parser.HandleNextDocument(builder) || checks.stopped()) return;
  DocumentStart second;
  if (parser.HandleNextDocument(second)) {
    checks.stop(second.line,
                "something follows the end of the document: a second one, or a stray \",\", \"]\" or \"}\"",
                "keep one document");
  }
}

// A tab where YAML wants blanks is the commonest reason for a message that nobody understands.
bool starts_with_tab(std::string_view text, int line) {
  for (int current = 1; current < line; ++current) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  const auto first = text.find_first_not_of(' ');
  return first != std::string_view::npos && text[first] == '\t';
}

}  // namespace

TreeReading read_yaml_tree(std::string_view text, const std::string& file, const TreeLimits& limits) {
  TreeReading out;
  TreeChecks checks(file, limits, out.problems);
  if (!checks.accept_text(text)) return out;
  // Keys that differ in case alone are told by the other reader.
  if (!limits.fold_case) {
    if (auto plain = read_plain_yaml(text, limits)) {
      out.tree = std::move(*plain);
      out.plain = true;
      return out;
    }
  }
  try {
    std::ispanstream stream(std::span<const char>{text});
    parse(stream, checks, out.tree);
    if (checks.stopped()) out.tree = {};
  } catch (const YAML::DeepRecursion& error) {
    out.tree = {};
    checks.stop(line_of(error.mark), "the file is nested too deeply");
  } catch (const YAML::Exception& error) {
    out.tree = {};
    const int line = line_of(error.mark);
    const int column = std::max(error.mark.column, 0) + 1;
    checks.stop(line, "broken YAML: " + printable(error.msg) + " (column " + std::to_string(column) + ")",
                starts_with_tab(text, line) ? "indent with blanks: YAML takes no tabs" : "");
  }
  return out;
}

}  // namespace mooring::config
