// A Problem: one thing that is wrong in what somebody configured, as a value.
//
// Labels, options and rules never fail by throwing and never only by a log line: whoever decodes them returns Problems
// beside what could be understood. They are compared (a problem is logged once), shown in /api/status and by the
// commands, and documented in docs/problems/ under their code. No thread of its own; plain comparable values.
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace mooring::config {

enum class Severity { info, warning, error };

std::string_view to_string(Severity severity);

struct Problem {
  std::string code;  // stable, from the table in problem_codes.h: "L001"
  Severity severity = Severity::error;
  std::string where;     // "shop/web-1" (Compose project/service-number), a container name, or "traefik.yml:12"
  std::string key;       // the full key as it was written; empty when the problem is not about one key
  std::string text;      // what is wrong, one sentence, no full stop at the end
  std::string in_force;  // what is in force instead: "the label is ignored"
  std::string fix;       // how to mend it, ready to paste where that is possible; may be empty: see fix_of()

  auto operator<=>(const Problem&) const = default;
};

using Problems = std::vector<Problem>;

// How to mend it: what the problem says of it, else, for what is more than a hint and does not say what was expected,
// what is usually said of its code.
std::string fix_of(const Problem& problem);

// One line for the log and the terminal: `error L001 shop/web-1: label "…": text; in_force. fix: …`.
std::string to_line(const Problem& problem);

}  // namespace mooring::config
