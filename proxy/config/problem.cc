#include "proxy/config/problem.h"

#include <algorithm>

#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

// "expected", not "unexpected".
bool says_expected(std::string_view text) {
  static constexpr std::string_view kWord = "expected ";
  for (auto at = text.find(kWord); at != std::string_view::npos; at = text.find(kWord, at + 1)) {
    if (at == 0 || !is_letter(text[at - 1])) return true;
  }
  return false;
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

std::string fix_of(const Problem& problem) {
  const bool says_it = problem.severity == Severity::info || says_expected(problem.text);
  if (!problem.fix.empty() || says_it) return problem.fix;
  const auto found = std::ranges::find(problem_codes(), problem.code, &ProblemCode::code);
  return found == problem_codes().end() ? std::string{} : std::string{found->usually};
}

std::string to_line(const Problem& problem) {
  std::string line{to_string(problem.severity)};
  line += " " + problem.code;
  if (!problem.where.empty()) line += " " + problem.where;
  line += ":";
  if (!problem.key.empty()) line += " \"" + problem.key + "\":";
  line += " " + problem.text;
  if (!problem.in_force.empty()) line += "; " + problem.in_force;
  if (const std::string fix = fix_of(problem); !fix.empty()) line += ". fix: " + fix;
  return line;
}

}  // namespace mooring::config
