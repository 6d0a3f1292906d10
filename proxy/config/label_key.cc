#include "proxy/config/label_key.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "proxy/config/label_version1.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr std::string_view kRoot = "traefik";
constexpr std::string_view kOwnRoot = "mooring";

// More segments than any key of the schema has (8) or a header name with dots reasonably adds.
constexpr std::size_t kMostSegments = 32;

// All edits of a key together. Three misspelt segments are a guess already.
constexpr int kBudget = 4;
constexpr int kMissingSegment = 2;  // what a segment that was left out costs: `loadbalancer.port`
constexpr int kTooFar = kBudget + 1;
constexpr int kMissingIndex = 1;  // `domains.main` for `domains[0].main`

struct Segment {
  std::string_view text;   // as it was written
  std::string_view field;  // without an index
  std::string_view index;  // "[0]", or empty
};

Segment segment_of(std::string_view text) {
  const auto open = text.rfind('[');
  if (open == std::string_view::npos || open == 0 || !text.ends_with(']')) return {text, text, {}};
  const auto digits = text.substr(open + 1, text.size() - open - 2);
  const bool numeric = !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!numeric) return {text, text, {}};
  return {text, text.substr(0, open), text.substr(open)};
}

std::vector<Segment> split_key(std::string_view key) {
  std::vector<Segment> segments;
  while (segments.size() < kMostSegments) {
    const auto dot = key.find('.');
    segments.push_back(segment_of(key.substr(0, dot)));
    if (dot == std::string_view::npos) break;
    key.remove_prefix(dot + 1);
  }
  return segments;
}

// A way from the root along a key, right or guessed.
struct Path {
  std::vector<const SchemaNode*> trail;
  std::vector<std::string> names;
  std::string label;  // the key as it should be written, without the root
  std::size_t used = 0;
  int cost = 0;
};

// Finds the cheapest way through the schema. With a budget of nothing it is the plain lookup: there is one way at most,
// nothing is ever taken back, and how far a wrong key leads is not noted.
class KeySearch {
 public:
  // `spelt`: fields are written as Traefik spells them, not in lower case as people write labels.
  KeySearch(std::string_view rest, std::vector<Segment> segments, int budget, bool spelt = false,
            const SchemaNode& root = schema())
      : root_{root}, rest_{rest}, segments_{std::move(segments)}, budget_{budget}, spelt_{spelt} {}

  void run() {
    Path path;
    visit(root_, path);
  }

  const std::optional<Path>& whole() const { return whole_; }
  const Path& farthest() const { return farthest_; }

 private:
  void visit(const SchemaNode& node, Path& path) {
    if (path.used == segments_.size()) {
      if (!whole_ || path.cost < whole_->cost) whole_ = path;
      return;
    }
    const bool farther = path.used > farthest_.used || (path.used == farthest_.used && path.cost < farthest_.cost);
    if (budget_ > 0 && farther) farthest_ = path;
    const Segment& segment = segments_[path.used];
    if (const SchemaNode* any = node.any()) return visit_any(*any, segment, path);
    // A right field is taken without a look at the others: a guess next to it would only be worse.
    const SchemaNode* right = exact_child(node, segment);
    if (right != nullptr) step(*right, segment, 0, path);
    if (budget_ == 0 || (right != nullptr && whole_ && whole_->cost <= path.cost)) return;
    for (const SchemaNode& child : node.children) {
      if (&child == right) continue;
      step(child, segment, cost_of(child, segment), path);
      skip_into(child, segment, path);
    }
  }

  static const SchemaNode* exact_child(const SchemaNode& node, const Segment& segment) {
    for (const SchemaNode& child : node.children) {
      if (child.list == !segment.index.empty() && equal_fold(child.name, segment.field)) return &child;
    }
    return nullptr;
  }

  static int cost_of(const SchemaNode& child, const Segment& segment) {
    const int allowed = edits_allowed(child.name);
    const int edits = edit_distance(segment.field, child.name, allowed);
    if (edits > allowed) return kTooFar;
    const bool same_form = child.list == !segment.index.empty();
    return edits + (same_form ? 0 : kMissingIndex);
  }

  void visit_any(const SchemaNode& any, const Segment& segment, Path& path) {
    if (segment.text.empty()) return;
    const Path before = taken_back(path);
    path.trail.push_back(&any);
    if (any.kind == SchemaNode::Kind::any_rest) {
      const auto offset = static_cast<std::size_t>(segment.text.data() - rest_.data());
      path.names.emplace_back(rest_.substr(offset));
      path.used = segments_.size();
    } else {
      path.names.emplace_back(segment.text);
      path.used += 1;
    }
    path.label += (path.label.empty() ? "" : ".") + path.names.back();
    visit(any, path);
    if (budget_ > 0) path = before;
  }

  // What a step is taken back to.
  Path taken_back(const Path& path) const { return budget_ > 0 ? path : Path(); }

  void step(const SchemaNode& child, const Segment& segment, int cost, Path& path) {
    if (path.cost + cost > budget_) return;
    const Path before = taken_back(path);
    path.trail.push_back(&child);
    path.used += 1;
    path.cost += cost;
    add_field(child, segment.index, path);
    visit(child, path);
    if (budget_ > 0) path = before;
  }

  // A segment was left out: `loadbalancer.port` for `loadbalancer.server.port`. Only where the next one is then right.
  void skip_into(const SchemaNode& child, const Segment& segment, Path& path) {
    if (path.cost + kMissingSegment > budget_) return;
    const SchemaNode* grandchild = exact_child(child, segment);
    if (grandchild == nullptr) return;
    const Path before = path;
    path.trail.push_back(&child);
    path.cost += kMissingSegment;
    add_field(child, {}, path);
    step(*grandchild, segment, 0, path);
    path = before;
  }

  void add_field(const SchemaNode& child, std::string_view index, Path& path) const {
    if (!path.label.empty()) path.label += '.';
    path.label += spelt_ ? child.name : ascii_lower(child.name);
    if (child.list) path.label += index.empty() ? "[0]" : index;
  }

  const SchemaNode& root_;
  std::string_view rest_;
  std::vector<Segment> segments_;
  int budget_;
  bool spelt_;
  std::optional<Path> whole_;
  Path farthest_;
};

KeyOwner owner_of(const Path& path) {
  using Kind = KeyOwner::Kind;
  if (path.trail.empty()) return {};
  const std::string& root = path.trail[0]->name;
  if (root == "enable") return {Kind::enable, {}};
  if (root == "docker" || root == "swarm") return {Kind::docker, {}};
  if (root == "tls" || path.names.empty()) return {};
  const std::string& name = path.names.front();
  if (root == "tcp" || root == "udp") return {Kind::tcp_or_udp, name};
  const std::string& collection = path.trail[1]->name;
  if (collection == "routers") return {Kind::http_router, name};
  if (collection == "services") return {Kind::http_service, name};
  if (collection == "middlewares") return {Kind::http_middleware, name};
  if (collection == "serversTransports") return {Kind::http_transport, name};
  return {};
}

void take(ResolvedKey& key, const Path& path) {
  key.trail = path.trail;
  key.names = path.names;
  key.owner = owner_of(path);
}

// How far the first segment is from ours: 0 right, 1 or 2 misspelt, nothing when the label is somebody else's.
std::optional<int> root_edits(const std::vector<Segment>& segments) {
  const std::string_view root = segments.front().text;
  if (root == kRoot) return 0;
  const int edits = edit_distance(root, kRoot);
  if (edits <= 1) return 1;  // "Traefik" too: the case of the root counts
  if (edits > kMostEdits || segments.size() < 4) return std::nullopt;
  // Two edits reach "traffic" and other people's words: only with the shape of a router or service key.
  const std::string_view second = segments[1].text;
  const bool shaped = equal_fold(second, "http") || equal_fold(second, "tcp") || equal_fold(second, "udp");
  return shaped ? std::optional{2} : std::nullopt;
}

bool malformed(std::string_view rest, const std::vector<Segment>& segments) {
  if (rest.empty() || segments.size() + 1 == kMostSegments) return true;
  return std::ranges::any_of(segments, [](const Segment& s) { return s.text.empty() || s.text.starts_with('['); });
}

void resolve_guess(ResolvedKey& key, std::string_view rest, const std::vector<Segment>& segments, bool root_right) {
  KeySearch search{rest, segments, kBudget};
  search.run();
  const auto& whole = search.whole();
  if (whole && whole->trail.back()->entry != nullptr) {
    take(key, *whole);
    key.fit = KeyFit::misspelt;
    key.entry = whole->trail.back()->entry;
    key.canonical = std::string{kRoot} + "." + whole->label;
    return;
  }
  if (auto now = version_one_form(rest); !now.empty()) {
    key.fit = KeyFit::version_1;
    key.canonical = std::move(now);
    return;
  }
  take(key, whole ? *whole : search.farthest());
  key.fit = root_right || !key.trail.empty() ? KeyFit::unknown : KeyFit::foreign;
}

// Traefik has these keys below `loadbalancer`, and ours are beside it.
std::string without_load_balancer(std::string_view rest) {
  constexpr std::string_view kExtra = ".loadbalancer.";
  const std::string lower = ascii_lower(rest);
  const auto at = lower.find(kExtra);
  if (at == std::string::npos) return {};
  return std::string{rest.substr(0, at + 1)} + std::string{rest.substr(at + kExtra.size())};
}

// A key below our own root; `rest` is without that.
ResolvedKey resolve_own(std::string_view rest, const std::vector<Segment>& segments, bool spelt) {
  ResolvedKey key;
  key.own = true;
  const std::string stem = std::string{kOwnRoot} + ".";
  if (malformed(rest, segments)) {
    key.fit = KeyFit::malformed;
    return key;
  }
  KeySearch exact{rest, segments, 0, spelt, own_schema()};
  exact.run();
  if (const auto& found = exact.whole()) {
    take(key, *found);
    key.entry = found->trail.back()->entry;
    key.canonical = stem + found->label;
    key.fit = key.entry == nullptr ? KeyFit::standalone : KeyFit::exact;
    return key;
  }
  key.fit = KeyFit::unknown;
  const std::string shorter = without_load_balancer(rest);
  for (const std::string_view meant : {rest, std::string_view{shorter}}) {
    if (meant.empty()) continue;
    KeySearch guess{meant, meant == rest ? segments : split_key(meant), kBudget, spelt, own_schema()};
    guess.run();
    const auto& whole = guess.whole();
    if (!whole || whole->trail.back()->entry == nullptr) continue;
    take(key, *whole);
    key.fit = KeyFit::misspelt;
    key.entry = whole->trail.back()->entry;
    key.canonical = stem + whole->label;
    return key;
  }
  return key;
}

// One of our own keys below `traefik.`: as it is written. Empty: it is none.
std::string own_form(std::string_view rest, bool spelt) {
  const std::string shorter = without_load_balancer(rest);
  for (const std::string_view meant : {rest, std::string_view{shorter}}) {
    KeySearch exact{meant, split_key(meant), 0, spelt, own_schema()};
    exact.run();
    const auto& whole = exact.whole();
    if (whole && whole->trail.back()->entry != nullptr) return std::string{kOwnRoot} + "." + whole->label;
  }
  return {};
}

// "mooring", or nearly.
bool is_own_root(std::string_view root) {
  return edit_distance(root, kOwnRoot) <= 1;
}

}  // namespace

std::string_view ResolvedKey::field_at(std::size_t depth) const {
  return depth < trail.size() ? std::string_view{trail[depth]->name} : std::string_view{};
}

ResolvedKey resolve_file_path(std::span<const std::string> path) {
  std::string rest;
  for (const std::string& part : path) rest += (rest.empty() ? "" : ".") + part;
  std::vector<Segment> segments;
  std::string_view left = rest;
  for (const std::string& part : path) {
    segments.push_back(segment_of(left.substr(0, part.size())));
    left.remove_prefix(std::min(left.size(), part.size() + 1));
  }
  if (!segments.empty() && is_own_root(segments.front().text)) {
    const bool right = segments.front().text == kOwnRoot;
    std::string_view below = rest;
    below.remove_prefix(std::min(below.size(), segments.front().text.size() + 1));
    segments.erase(segments.begin());
    ResolvedKey own;
    own.own = true;
    own.fit = KeyFit::standalone;
    if (!segments.empty()) own = resolve_own(below, segments, true);
    if (!right) own.fit = KeyFit::misspelt, own.misspelt_root = true;
    return own;
  }
  ResolvedKey key;
  const bool bad = malformed(rest, segments) || segments.size() > kMostSegments;
  KeySearch exact{rest, segments, 0, true};
  if (!bad) exact.run();
  if (const auto& found = exact.whole()) {
    take(key, *found);
    key.entry = key.trail.back()->entry;
    key.canonical = found->label;
    key.fit = key.entry == nullptr ? KeyFit::standalone : KeyFit::exact;
    return key;
  }
  KeySearch guess{rest, segments, kBudget, true};
  guess.run();
  const auto& whole = guess.whole();
  take(key, whole ? *whole : guess.farthest());
  key.fit = bad ? KeyFit::malformed : KeyFit::unknown;
  if (!bad && whole && whole->trail.back()->entry != nullptr) {
    key.fit = KeyFit::misspelt;
    key.entry = whole->trail.back()->entry;
    key.canonical = whole->label;
  }
  if (key.fit == KeyFit::unknown) key.canonical = own_form(rest, true);
  return key;
}

bool is_label_key(std::string_view label) {
  constexpr std::string_view kStem = "traefik.";
  if (!label.starts_with(kStem)) return false;
  const std::string_view rest = label.substr(kStem.size());
  const std::vector<Segment> segments = split_key(rest);
  if (malformed(rest, segments)) return false;
  KeySearch search{rest, segments, 0};
  search.run();
  const auto& whole = search.whole();
  return whole && whole->trail.back()->entry != nullptr;
}

ResolvedKey resolve_label_key(std::string_view label) {
  ResolvedKey key;
  const auto dot = label.find('.');
  std::vector<Segment> segments = split_key(label);
  if (dot != std::string_view::npos && is_own_root(segments.front().text)) {
    const bool right = segments.front().text == kOwnRoot;
    // Two words are not ours by chance: only with the shape of a key of ours.
    if (!right && (segments.size() < 4 || !equal_fold(segments[1].text, "http"))) return key;
    segments.erase(segments.begin());
    key = resolve_own(label.substr(dot + 1), segments, false);
    if (!right) key.fit = KeyFit::misspelt, key.misspelt_root = true;
    return key;
  }
  const auto edits = root_edits(segments);
  if (!edits) return key;
  key.misspelt_root = *edits > 0;
  if (dot == std::string_view::npos && key.misspelt_root) return key;
  const std::string_view rest = dot == std::string_view::npos ? std::string_view{} : label.substr(dot + 1);
  segments.erase(segments.begin());
  if (malformed(rest, segments)) {
    KeySearch search{rest, segments, kBudget};
    search.run();
    take(key, search.farthest());
    key.fit = KeyFit::malformed;
    return key;
  }
  KeySearch search{rest, segments, 0};
  search.run();
  const auto& whole = search.whole();
  if (!whole) {
    resolve_guess(key, rest, segments, !key.misspelt_root);
    if (key.fit == KeyFit::unknown) key.canonical = own_form(rest, false);
    return key;
  }
  take(key, *whole);
  key.entry = key.trail.back()->entry;
  key.canonical = std::string{kRoot} + "." + whole->label;
  key.fit = key.entry == nullptr ? KeyFit::standalone : key.misspelt_root ? KeyFit::misspelt : KeyFit::exact;
  return key;
}

}  // namespace mooring::config
