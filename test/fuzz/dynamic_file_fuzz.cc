// Dynamic files: whatever text they hold, reading ends in a fragment or in Problems that can be printed, the same each
// time; and a second text that is read by its difference from the first means what it means when it is read whole.
//
// The first byte chooses: an odd one is TOML, an even one YAML. Behind it stand one text, or two with kBetween between.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "proxy/config/changed_file.h"
#include "proxy/config/dynamic_file.h"
#include "proxy/config/problem_codes.h"

namespace {

using namespace mooring;

constexpr char kBetween = '\x1e';

void require(bool what) {
  if (!what) std::abort();
}

void check(const config::Problems& problems) {
  for (const config::Problem& problem : problems) {
    require(!config::title_of(problem.code).empty());
    require(!problem.text.empty() && !problem.where.empty() && !problem.in_force.empty());
    for (const char c : config::to_line(problem)) require(static_cast<unsigned char>(c) >= 0x20);
  }
}

// What nobody reads right must not be served.
void check(const config::Fragment& fragment) {
  check(fragment.problems);
  require(fragment.problems.size() <= config::kMostFileProblems + 1);
  for (const auto& [name, router] : fragment.routers) {
    const bool whole = !router.rule.empty() && !router.service.empty();
    require(whole || !router.broken.empty());
  }
}

config::DynamicFile read(std::string_view text, const std::string& name) {
  config::DynamicFile file = config::read_dynamic_file(text, name, "nothing of the file is in force");
  require(file.fragment.has_value() == file.problems.empty());
  check(file.problems);
  if (file.fragment) check(*file.fragment);
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string name = data[0] % 2 == 1 ? "fuzz.toml" : "fuzz.yml";
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  const auto between = text.find(kBetween);
  const std::string_view before = text.substr(0, between);
  const config::DynamicFile first = read(before, name);
  require(read(before, name).fragment == first.fragment);
  if (between == std::string_view::npos) return 0;
  const std::string_view now = text.substr(between + 1);
  const config::DynamicFile second = read(now, name);
  if (!first.fragment || !first.plain) return 0;
  const auto difference = config::read_change(before, *first.fragment, now, name);
  if (difference) require(second.plain && difference == second.fragment);
  return 0;
}
