#include "proxy/config/problem_pages.h"

#include <array>
#include <string_view>

namespace mooring::config {
namespace {

struct Family {
  char letter;
  std::string_view about;
};

constexpr std::array<Family, 9> kFamilies{{
    {'L', "Labels of one container"},
    {'S', "Sticky sessions"},
    {'R', "Rules and references"},
    {'M', "Several sources of one name"},
    {'F', "Files of dynamic configuration"},
    {'O', "Static options"},
    {'C', "Compose files, in `mooring check`"},
    {'D', "Providers"},
    {'P', "The process itself"},
}};

constexpr std::string_view kMade =
    "<!-- Made by `mooring docs problems docs/problems` from proxy/config/problem_codes_*.cc: edit those. -->\n";

bool is_known_family(char letter) {
  for (const Family& family : kFamilies) {
    if (family.letter == letter) return true;
  }
  return false;
}

std::string rows_of(char letter) {
  std::string rows;
  for (const ProblemCode& code : problem_codes()) {
    const bool here = letter == '\0' ? !is_known_family(code.code.front()) : code.code.front() == letter;
    if (!here) continue;
    rows +=
        "| [" + std::string{code.code} + "](" + std::string{code.code} + ".md) | " + std::string{code.title} + " |\n";
  }
  return rows;
}

std::string section(std::string_view about, const std::string& rows) {
  if (rows.empty()) return {};
  return "\n## " + std::string{about} + "\n\n| code | |\n|---|---|\n" + rows;
}

std::string index_page() {
  std::string page = "# Problems\n\n";
  page += kMade;
  page +=
      "\nWhat is wrong in a configuration has a code that never changes its meaning. A line says where "
      "it is, the whole key, what is\nin force instead, and how to mend it:\n\n```\nerror L001 "
      "shop/web-1: \"traefik.http.routers.web.rulle\": no field \"rulle\" in http.routers.<name>; "
      "router \"web\" is not served (503). fix: did you mean \"traefik.http.routers.web.rule\"?\n```\n\n"
      "The lines are in the log (once), in `mooring status`, in `/api/status`, and, before anything "
      "runs, in\n[`mooring check`](../check.md).\n";
  for (const Family& family : kFamilies) page += section(family.about, rows_of(family.letter));
  return page + section("Others", rows_of('\0'));
}

}  // namespace

std::string problem_page(const ProblemCode& code) {
  std::string page = "# " + std::string{code.code} + ": " + std::string{code.title} + "\n\n" + std::string{kMade};
  if (!code.meaning.empty()) page += "\n" + std::string{code.meaning} + "\n";
  if (!code.example.empty()) page += "\n## An example\n\n```\n" + std::string{code.example} + "\n```\n";
  if (!code.remedy.empty()) page += "\n## How to mend it\n\n" + std::string{code.remedy} + "\n";
  return page;
}

std::map<std::string, std::string> problem_pages() {
  std::map<std::string, std::string> pages;
  for (const ProblemCode& code : problem_codes()) pages.emplace(std::string{code.code} + ".md", problem_page(code));
  pages.emplace("README.md", index_page());
  return pages;
}

}  // namespace mooring::config
