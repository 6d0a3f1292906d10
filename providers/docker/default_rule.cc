#include "providers/docker/default_rule.h"

#include <cctype>
#include <utility>

#include "providers/docker/names.h"

namespace mooring::docker {

namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr int kMaxParentheses = 16;

std::string_view trim_right(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kBlank) + 1);
}

std::string_view trim_left(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

}  // namespace

// Reads one action, the text between {{ and }}. On failure `error_` says why and reading stops.
class TemplateReader {
 public:
  using Piece = DefaultRule::Piece;

  explicit TemplateReader(std::string_view action) : rest_(action) {}

  std::expected<Piece, std::string> read() {
    Piece piece = pipeline(0);
    if (error_.empty() && !token().empty()) {
      fail("\"" + std::string(token()) + "\" is not understood here");
    }
    if (!error_.empty()) {
      return std::unexpected(error_);
    }
    return piece;
  }

  static DefaultRule collect(std::vector<Piece> pieces) {
    DefaultRule rule;
    rule.pieces_ = std::move(pieces);
    return rule;
  }

 private:
  Piece pipeline(int depth) {
    Piece piece = command(depth);
    while (error_.empty() && token() == "|") {
      advance();
      if (token() == "normalize") {
        advance();
        ++piece.normalized;
      } else {
        fail("after \"|\" only normalize is known, not \"" + std::string(token()) + "\"");
      }
    }
    return piece;
  }

  Piece command(int depth) {
    if (token() == "normalize") {
      advance();
      Piece piece = operand(depth);
      ++piece.normalized;
      return piece;
    }
    if (token() == "index") {
      advance();
      if (token() != ".Labels") {
        return fail("index is known with .Labels only, as in index .Labels \"key\"");
      }
      advance();
      auto key = string_literal();
      if (!key) {
        return fail("index .Labels needs one key in quotes");
      }
      advance();
      return Piece{DefaultRule::Source::label, std::move(*key), 0};
    }
    return operand(depth);
  }

  Piece operand(int depth) {
    if (token() == ".Name" || token() == ".ContainerName") {
      const bool name = token() == ".Name";
      advance();
      return Piece{name ? DefaultRule::Source::name : DefaultRule::Source::container_name, {}, 0};
    }
    if (token() == "(" && depth < kMaxParentheses) {
      advance();
      Piece piece = pipeline(depth + 1);
      if (error_.empty() && token() != ")") {
        return fail("a \")\" is missing");
      }
      advance();
      return piece;
    }
    if (auto literal = string_literal(); literal) {
      advance();
      return Piece{DefaultRule::Source::text, std::move(*literal), 0};
    }
    return fail(token().empty() ? "an expression ends too early"
                                : "\"" + std::string(token()) + "\" is not known in this template");
  }

  // The token at the front: a parenthesis, a pipe, a quoted string with its quotes, or a word.
  std::string_view token() {
    rest_ = trim_left(rest_);
    if (rest_.empty()) {
      return rest_;
    }
    const char first = rest_.front();
    if (first == '(' || first == ')' || first == '|') {
      return rest_.substr(0, 1);
    }
    if (first == '"' || first == '`') {
      std::size_t end = 1;
      while (end < rest_.size() && rest_[end] != first) {
        end += first == '"' && rest_[end] == '\\' ? 2 : 1;
      }
      return rest_.substr(0, end + 1);
    }
    return rest_.substr(0, rest_.find_first_of(" \t\r\n()|\"`"));
  }

  void advance() { rest_.remove_prefix(token().size()); }

  std::optional<std::string> string_literal() {
    const std::string_view quoted = token();
    if (quoted.size() < 2 || (quoted.front() != '"' && quoted.front() != '`') || quoted.back() != quoted.front()) {
      return std::nullopt;
    }
    std::string text;
    for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
      if (quoted.front() == '"' && quoted[i] == '\\') {
        ++i;
        if (quoted[i] != '"' && quoted[i] != '\\') {
          return std::nullopt;
        }
        if (i + 1 == quoted.size()) {
          return std::nullopt;  // the closing quote was escaped: the string has no end
        }
      }
      text += quoted[i];
    }
    return text;
  }

  Piece fail(std::string why) {
    if (error_.empty()) {
      error_ = std::move(why);
    }
    return {};
  }

  std::string_view rest_;
  std::string error_;
};

std::expected<DefaultRule, std::string> DefaultRule::parse(std::string_view text) {
  std::vector<Piece> pieces;
  bool trim = false;
  while (!text.empty()) {
    const std::size_t open = text.find("{{");
    std::string_view literal = text.substr(0, open);
    if (trim) {
      literal = trim_left(literal);
    }
    if (open == std::string_view::npos) {
      pieces.push_back({Source::text, std::string(literal), 0});
      break;
    }
    const std::size_t close = text.find("}}", open + 2);
    if (close == std::string_view::npos) {
      return std::unexpected("\"{{\" without \"}}\" at character " + std::to_string(open + 1));
    }
    std::string_view action = text.substr(open + 2, close - open - 2);
    if (action.size() > 1 && action.starts_with('-') && kBlank.find(action[1]) != std::string_view::npos) {
      action.remove_prefix(1);
      literal = trim_right(literal);
    }
    trim =
        action.size() > 1 && action.ends_with('-') && kBlank.find(action[action.size() - 2]) != std::string_view::npos;
    if (trim) {
      action.remove_suffix(1);
    }
    pieces.push_back({Source::text, std::string(literal), 0});
    auto piece = TemplateReader(action).read();
    if (!piece) {
      return std::unexpected(piece.error() + " (in \"" + std::string(text.substr(open, close + 2 - open)) + "\")");
    }
    pieces.push_back(std::move(*piece));
    text.remove_prefix(close + 2);
  }
  return TemplateReader::collect(std::move(pieces));
}

std::string DefaultRule::render(const Container& container) const {
  std::string rule;
  for (const Piece& piece : pieces_) {
    std::string value = piece.source == Source::text             ? piece.text
                        : piece.source == Source::name           ? service_name(container)
                        : piece.source == Source::container_name ? container.name
                                                                 : label_of(container.labels, piece.text);
    rule += piece.normalized > 0 ? normalize(value) : value;
  }
  return rule.find_first_not_of(kBlank) == std::string::npos ? std::string() : rule;
}

std::optional<config::Problem> validate_default_rule(std::string_view text) {
  const auto rule = DefaultRule::parse(text);
  if (rule) {
    return std::nullopt;
  }
  return config::Problem{.code = "O003",
                         .severity = config::Severity::error,
                         .where = "",
                         .key = "providers.docker.defaultRule",
                         .text = "the template cannot be read: " + rule.error(),
                         .in_force = "routers without a rule are not served",
                         .fix =
                             "known are {{ .Name }}, {{ .ContainerName }}, {{ index .Labels \"key\" }} and normalize, "
                             "as in Host(`{{ normalize .Name }}`)"};
}

}  // namespace mooring::docker
