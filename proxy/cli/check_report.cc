#include "proxy/cli/check_report.h"

#include <mooring_version.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "proxy/cli/json_fields.h"
#include "proxy/config/problem_codes.h"

namespace mooring::cli {
namespace {

using config::Severity;

std::string place_of(const Finding& finding) {
  if (finding.file.empty()) return {};
  return finding.file + (finding.line == 0 ? "" : ":" + std::to_string(finding.line));
}

std::string counted(std::size_t count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

std::string summary(const CheckResult& result) {
  std::string text = counted(result.files, "file");
  if (result.findings.empty()) {
    text += ", no problems";
  } else {
    for (const auto& [severity, word] :
         {std::pair{Severity::error, "error"}, {Severity::warning, "warning"}, {Severity::info, "hint"}}) {
      const std::size_t count = result.count(severity);
      if (count != 0) text += ", " + counted(count, word);
    }
  }
  if (!result.left_out.empty()) {
    text += "; without " + counted(result.left_out.size(), "service") + " of other profiles";
  }
  return text;
}

std::string as_text(const CheckResult& result) {
  std::string text;
  for (const Finding& finding : result.findings) {
    const std::string place = place_of(finding);
    text += (place.empty() ? "" : place + ": ") + config::to_line(finding.problem) + "\n";
  }
  return text + summary(result) + "\n";
}

Json problem_object(const Finding& finding) {
  const config::Problem& problem = finding.problem;
  return {{"code", problem.code},
          {"severity", std::string{config::to_string(problem.severity)}},
          {"title", std::string{config::title_of(problem.code)}},
          {"file", finding.file},
          {"line", finding.line},
          {"where", problem.where},
          {"key", problem.key},
          {"text", problem.text},
          {"inForce", problem.in_force},
          {"fix", config::fix_of(problem)}};
}

std::string dumped(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string as_json(const CheckResult& result) {
  Json problems = Json::array();
  for (const Finding& finding : result.findings) problems.push_back(problem_object(finding));
  return dumped({{"files", result.files},
                 {"errors", result.count(Severity::error)},
                 {"warnings", result.count(Severity::warning)},
                 {"hints", result.count(Severity::info)},
                 {"leftOut", result.left_out},
                 {"problems", std::move(problems)}});
}

std::string sentence(const config::Problem& problem) {
  std::string text = problem.where.empty() ? "" : problem.where + ": ";
  if (!problem.key.empty()) text += "\"" + problem.key + "\": ";
  text += problem.text;
  if (!problem.in_force.empty()) text += "; " + problem.in_force;
  if (const std::string fix = config::fix_of(problem); !fix.empty()) text += ". fix: " + fix;
  return text;
}

Json sarif_result(const Finding& finding) {
  const Severity severity = finding.problem.severity;
  Json result = {{"ruleId", finding.problem.code},
                 {"level", severity == Severity::error     ? "error"
                           : severity == Severity::warning ? "warning"
                                                           : "note"},
                 {"message", {{"text", sentence(finding.problem)}}}};
  if (finding.file.empty()) return result;
  Json place = {{"artifactLocation", {{"uri", finding.file}}}};
  place["region"] = {{"startLine", std::max(finding.line, 1)}};
  Json location;
  location["physicalLocation"] = std::move(place);
  result["locations"] = Json::array({std::move(location)});
  return result;
}

std::string as_sarif(const CheckResult& result) {
  std::set<std::string> used;
  Json results = Json::array();
  for (const Finding& finding : result.findings) {
    used.insert(finding.problem.code);
    results.push_back(sarif_result(finding));
  }
  Json rules = Json::array();
  for (const config::ProblemCode& code : config::problem_codes()) {
    if (!used.contains(std::string{code.code})) continue;
    rules.push_back({{"id", std::string{code.code}},
                     {"shortDescription", {{"text", std::string{code.title}}}},
                     {"fullDescription", {{"text", std::string{code.meaning}}}},
                     {"help", {{"text", std::string{code.remedy}}}}});
  }
  Json run;
  run["tool"]["driver"] = {{"name", "mooring"}, {"version", MOORING_VERSION}, {"rules", std::move(rules)}};
  run["results"] = std::move(results);
  Json document;
  document["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json";
  document["version"] = "2.1.0";
  document["runs"] = Json::array({std::move(run)});
  return dumped(document);
}

// A workflow command ends with its line, and its properties with commas.
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%')
      out += "%25";
    else if (c == '\r')
      out += "%0D";
    else if (c == '\n')
      out += "%0A";
    else if (property && c == ':')
      out += "%3A";
    else if (property && c == ',')
      out += "%2C";
    else
      out += c;
  }
  return out;
}

std::string as_github(const CheckResult& result) {
  std::string text;
  for (const Finding& finding : result.findings) {
    const Severity severity = finding.problem.severity;
    text += severity == Severity::error ? "::error " : severity == Severity::warning ? "::warning " : "::notice ";
    if (!finding.file.empty()) {
      text += "file=" + escaped(finding.file, true) + ",line=" + std::to_string(std::max(finding.line, 1)) + ",";
    }
    const std::string title = finding.problem.code + " " + std::string{config::title_of(finding.problem.code)};
    text += "title=" + escaped(title, true) + "::" + escaped(sentence(finding.problem), false) + "\n";
  }
  return text + summary(result) + "\n";
}

}  // namespace

std::optional<CheckFormat> check_format(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, CheckFormat>, 4> kFormats{{{"text", CheckFormat::text},
                                                                              {"json", CheckFormat::json},
                                                                              {"sarif", CheckFormat::sarif},
                                                                              {"github", CheckFormat::github}}};
  for (const auto& [word, format] : kFormats) {
    if (word == name) return format;
  }
  return std::nullopt;
}

std::string check_report(const CheckResult& result, CheckFormat format) {
  switch (format) {
    case CheckFormat::json:
      return as_json(result);
    case CheckFormat::sarif:
      return as_sarif(result);
    case CheckFormat::github:
      return as_github(result);
    case CheckFormat::text:
      break;
  }
  return as_text(result);
}

}  // namespace mooring::cli
