#include "providers/docker/constraints.h"

#include <re2/re2.h>

#include <utility>

namespace mooring::docker {

namespace {

// Deeper than any expression a person writes; the reader and `holds` recurse this far at most.
constexpr int kMaxDepth = 100;
constexpr std::size_t kMaxNodes = 1000;

}  // namespace

// Recursive descent; on failure `error_` is set and reading stops. Binding, tightest first: !, &&, ||.
class ConstraintReader {
 public:
  explicit ConstraintReader(std::string_view text) : text_(text) {}

  std::expected<Constraints, std::string> read() {
    skip_blank();
    result_.root_ = at_end() ? add({}) : either(0);
    skip_blank();
    if (error_.empty() && !at_end()) {
      fail("unexpected \"" + std::string(text_.substr(position_, 12)) + "\"");
    }
    if (!error_.empty()) {
      return std::unexpected(error_);
    }
    return std::move(result_);
  }

 private:
  using Kind = Constraints::Kind;

  std::size_t either(int depth) { return chain(depth, "||", Kind::either); }

  std::size_t chain(int depth, std::string_view sign, Kind kind) {
    std::size_t left = kind == Kind::either ? chain(depth, "&&", Kind::both) : unary(depth);
    while (error_.empty() && take(sign)) {
      const std::size_t right = kind == Kind::either ? chain(depth, "&&", Kind::both) : unary(depth);
      Constraints::Node node;
      node.kind = kind;
      node.left = left;
      node.right = right;
      left = add(std::move(node));
    }
    return left;
  }

  std::size_t unary(int depth) {
    if (depth > kMaxDepth) {
      return fail("too many parentheses");
    }
    if (take("!")) {
      Constraints::Node node;
      node.kind = Kind::no;
      node.left = unary(depth + 1);
      return add(std::move(node));
    }
    if (take("(")) {
      const std::size_t inner = either(depth + 1);
      return error_.empty() && !take(")") ? fail("a \")\" is missing") : inner;
    }
    return call();
  }

  std::size_t call() {
    const bool pattern = take("LabelRegex");
    if (!pattern && !take("Label")) {
      return fail("expected Label(`key`,`value`) or LabelRegex(`key`,`regex`)");
    }
    Constraints::Node node;
    node.kind = pattern ? Kind::pattern : Kind::exact;
    if (!take("(") || !string(node.key) || !take(",") || !string(node.value) || !take(")")) {
      return fail("expected two texts in ` or \" and a \")\"");
    }
    if (pattern) {
      re2::RE2::Options options;
      options.set_log_errors(false);
      auto compiled = std::make_shared<re2::RE2>(node.value, options);
      if (compiled->ok()) {
        node.pattern = std::move(compiled);
      } else {
        result_.bad_patterns_.push_back(node.value);
      }
    }
    return add(std::move(node));
  }

  bool string(std::string& into) {
    skip_blank();
    if (at_end() || (text_[position_] != '`' && text_[position_] != '"')) {
      return false;
    }
    const char quote = text_[position_++];
    while (!at_end() && text_[position_] != quote) {
      if (quote == '"' && text_[position_] == '\\' && position_ + 1 < text_.size()) {
        const char escaped = text_[++position_];
        if (escaped != '"' && escaped != '\\') {
          return false;  // Go knows more escapes, but none that a label needs
        }
      }
      into += text_[position_++];
    }
    if (at_end()) {
      return false;
    }
    ++position_;
    return true;
  }

  bool take(std::string_view sign) {
    skip_blank();
    if (!text_.substr(position_).starts_with(sign)) {
      return false;
    }
    position_ += sign.size();
    return true;
  }

  void skip_blank() {
    const std::size_t next = text_.find_first_not_of(" \t\r\n", position_);
    position_ = next == std::string_view::npos ? text_.size() : next;
  }

  bool at_end() const { return position_ >= text_.size(); }

  std::size_t add(Constraints::Node node) {
    if (result_.nodes_.size() >= kMaxNodes) {
      return fail("the expression is too long");
    }
    result_.nodes_.push_back(std::move(node));
    return result_.nodes_.size() - 1;
  }

  std::size_t fail(std::string why) {
    if (error_.empty()) {
      error_ = std::move(why) + " at character " + std::to_string(position_ + 1);
    }
    return 0;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  Constraints result_;
  std::string error_;
};

std::expected<Constraints, std::string> Constraints::parse(std::string_view text) {
  return ConstraintReader(text).read();
}

// Kleene's logic: what a refused pattern would have said is unknown, and stays unknown under "!". So a broken pattern
// is false as in Traefik, but its negation is not true.
std::optional<bool> Constraints::holds(std::size_t index, const Labels& labels) const {
  const Node& node = nodes_[index];
  switch (node.kind) {
    case Kind::all:
      return true;
    case Kind::exact:
      return label_of(labels, node.key) == node.value;
    case Kind::pattern:
      return node.pattern ? std::optional(re2::RE2::PartialMatch(label_of(labels, node.key), *node.pattern))
                          : std::nullopt;
    case Kind::no: {
      const auto inner = holds(node.left, labels);
      return inner ? std::optional(!*inner) : std::nullopt;
    }
    case Kind::both:
    case Kind::either: {
      const bool decisive = node.kind == Kind::either;  // the value that settles it whatever the other side is
      const auto left = holds(node.left, labels);
      if (left == decisive) {
        return decisive;
      }
      const auto right = holds(node.right, labels);
      return right == decisive ? right : left && right ? std::optional(!decisive) : std::nullopt;
    }
  }
  return false;
}

bool Constraints::matches(const Labels& labels) const {
  return !nodes_.empty() && holds(root_, labels) == true;
}

std::optional<config::Problem> validate_constraints(std::string_view text) {
  const auto parsed = Constraints::parse(text);
  if (parsed && parsed->bad_patterns().empty()) {
    return std::nullopt;
  }
  config::Problem problem{.code = "O003",
                          .severity = config::Severity::error,
                          .where = "",
                          .key = "providers.docker.constraints",
                          .text = {},
                          .in_force = "no container is published",
                          .fix = "write for example Label(`tier`,`web`) && !LabelRegex(`stage`,`^test`)"};
  if (!parsed) {
    problem.text = "the expression cannot be read: " + parsed.error();
  } else {
    problem.severity = config::Severity::warning;
    problem.text = "\"" + parsed->bad_patterns().front() + "\" is not a regular expression (RE2 syntax)";
    problem.in_force = "this LabelRegex matches no container";
  }
  return problem;
}

}  // namespace mooring::docker
