#include "proxy/config/problem.h"

namespace mooring::config {

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

std::string to_line(const Problem& problem) {
  std::string line{to_string(problem.severity)};
  line += " " + problem.code;
  if (!problem.where.empty()) line += " " + problem.where;
  line += ":";
  if (!problem.key.empty()) line += " \"" + problem.key + "\":";
  line += " " + problem.text;
  if (!problem.in_force.empty()) line += "; " + problem.in_force;
  if (!problem.fix.empty()) line += ". fix: " + problem.fix;
  return line;
}

}  // namespace mooring::config
