#include "proxy/cli/check_places.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "proxy/config/go_values.h"
#include "proxy/config/suggest.h"

namespace mooring::cli {
namespace {

using Labels = std::map<std::string, config::ComposeText>;

// The label of `labels` whose key is the first to begin with `stem`, in any case.
const config::ComposeText* first_below(const Labels& labels, std::string_view stem) {
  const std::string lower = config::ascii_lower(stem);
  const auto found = std::ranges::find_if(labels, [&](const auto& label) {
    const std::string key = config::ascii_lower(label.first);
    return key.starts_with(lower) && (key.size() == lower.size() || key[lower.size()] == '.' || lower.ends_with('.'));
  });
  return found == labels.end() ? nullptr : &found->second;
}

// Which field of a router a Problem of the table is about.
std::string_view field_of(std::string_view code) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kFields{{{"R002", "middlewares"},
                                                                                  {"R003", "service"},
                                                                                  {"R004", "entrypoints"},
                                                                                  {"R006", "middlewares"},
                                                                                  {"R007", "middlewares"}}};
  const auto found = std::ranges::find(kFields, code, &std::pair<std::string_view, std::string_view>::first);
  return found == kFields.end() ? std::string_view{"rule"} : found->second;
}

const config::ComposeText* of_router(const Labels& labels, const config::Problem& problem) {
  const std::string stem = "traefik.http.routers." + problem.key.substr(0, problem.key.rfind('@'));
  std::string_view field = field_of(problem.code);
  if (problem.code == "R009") field = problem.text.starts_with("middleware") ? "middlewares" : "service";
  if (const auto* label = first_below(labels, stem + "." + std::string{field})) return label;
  return first_below(labels, stem);
}

// The quoted name after `word` in the text: of what the merge compares.
std::string named_in(std::string_view text, std::string_view word) {
  if (!text.starts_with(word)) return {};
  const auto open = text.find('"');
  const auto close = text.find('"', open + 1);
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  const std::string_view name = text.substr(open + 1, close - open - 1);
  return std::string{name.substr(0, name.rfind('@'))};
}

const config::ComposeText* of_merge(const Labels& labels, const config::Problem& problem) {
  for (const std::string_view kind : {"router", "middleware", "service"}) {
    const std::string name = named_in(problem.text, kind);
    if (name.empty()) continue;
    return first_below(labels, "traefik.http." + std::string{kind} + "s." + name);
  }
  return nullptr;
}

const config::ComposeText* label_for(const Labels& labels, const config::Problem& problem) {
  if (problem.key.empty()) return of_merge(labels, problem);
  if (const auto found = labels.find(problem.key); found != labels.end()) return &found->second;
  if (problem.key.find('@') != std::string::npos && !problem.key.starts_with("traefik.")) {
    return of_router(labels, problem);
  }
  // The key is to be written yet: the nearest that is there, by what stands before its last parts.
  const std::string key = (problem.key.starts_with("http.") ? "traefik." : "") + problem.key;
  std::string_view stem = key;
  while (stem.size() > std::string_view{"traefik.http."}.size()) {
    if (const auto* label = first_below(labels, stem)) return label;
    const auto dot = stem.rfind('.');
    if (dot == std::string_view::npos) break;
    stem = stem.substr(0, dot);
  }
  return nullptr;
}

}  // namespace

Finding at_place(std::string_view where, config::Problem problem) {
  const auto colon = where.rfind(':');
  const auto line = colon == std::string_view::npos ? std::nullopt : config::parse_int(where.substr(colon + 1));
  if (!line) return {{}, 0, std::move(problem)};
  return {std::string{where.substr(0, colon)}, static_cast<int>(*line), std::move(problem)};
}

Finding at_own_place(const config::Problem& problem) {
  Finding finding = at_place(problem.where, problem);
  if (!finding.file.empty()) finding.problem.where.clear();
  return finding;
}

Finding Places::place(config::Problem problem) const {
  const auto found = services_.find(problem.where);
  if (found == services_.end()) return at_own_place(problem);
  const config::ComposeService& service = *found->second;
  const config::ComposeText* label = label_for(service.labels, problem);
  Finding finding = at_place(label == nullptr ? service.where : label->where, std::move(problem));
  if (finding.problem.where == finding.file) finding.problem.where.clear();  // a dynamic file, not a container
  return finding;
}

}  // namespace mooring::cli
