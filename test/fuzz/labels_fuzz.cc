// Labels are written by whoever may start a container: whatever they say, decoding ends in values and Problems that can
// be printed, the same each time, and a broken router is never one that could be served.
//
// The input is lines of key=value.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include "proxy/config/label_decoder.h"
#include "proxy/config/problem_codes.h"

namespace {

using namespace mooring;

void require(bool what) {
  if (!what) std::abort();
}

std::map<std::string, std::string> labels_of(std::string_view text) {
  std::map<std::string, std::string> labels;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    labels.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return labels;
}

// What is printed must not reach the terminal as anything but text.
void check_printable(std::string_view line) {
  for (const char c : line) require(static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto labels = labels_of({reinterpret_cast<const char*>(data), size});
  const config::DecodedLabels decoded = config::decode_labels(labels, "fuzz/web-1");
  require(decoded.problems.size() <= config::kMostLabelProblems + 1);
  for (const config::Problem& problem : decoded.problems) {
    require(!config::title_of(problem.code).empty());
    require(!problem.text.empty());
    check_printable(config::to_line(problem));
  }
  const config::DecodedLabels again = config::decode_labels(labels, "fuzz/web-1");
  require(again.problems == decoded.problems);
  require(again.routers.size() == decoded.routers.size());
  return 0;
}
