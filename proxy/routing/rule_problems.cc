#include "proxy/routing/rule_problems.h"

#include <utility>

#include "proxy/config/label_version1.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/routing/rule_analysis.h"
#include "proxy/routing/rule_parser.h"

namespace mooring::routing {
namespace {

// The rule that was most likely meant, or empty.
std::string meant_rule(const std::string& text) {
  if (std::string rule = config::rule_of_version_one(text); !rule.empty()) return rule;
  const bool quoted = text.size() > 2 && text.front() == text.back() && (text.front() == '"' || text.front() == '\'');
  if (!quoted) return {};
  std::string inside = text.substr(1, text.size() - 2);
  return parse_rule(inside) ? inside : std::string{};
}

}  // namespace

config::Problem unreadable_rule(const std::string& text, const RuleError& error) {
  config::Problem problem;
  problem.code = config::code::kBadRule;
  problem.text = "the rule cannot be read: " + explain(text, error);
  problem.in_force = "the router matches nothing";
  const std::string meant = meant_rule(text);
  problem.fix = meant.empty() ? error.expected : config::printable(meant, config::kPrintableLength);
  return problem;
}

config::Problems useless_parts(const Rule& rule) {
  config::Problems problems;
  for (std::string& remark : remarks(rule)) {
    config::Problem problem;
    problem.code = config::code::kNeverMatches;
    problem.severity = config::Severity::warning;
    problem.text = std::move(remark);
    problem.in_force = "the rule is used as it is written";
    problem.fix = "write what requests have";
    problems.push_back(std::move(problem));
  }
  return problems;
}

}  // namespace mooring::routing
