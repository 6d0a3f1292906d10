#include "proxy/config/problem_codes.h"

#include <algorithm>
#include <vector>

namespace mooring::config {
namespace {

std::vector<ProblemCode> gathered() {
  std::vector<ProblemCode> all;
  for (const auto part : {compose_codes(), file_codes(), runtime_codes(), label_codes(), option_codes(),
                          routing_codes(), sticky_codes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  std::ranges::sort(all, {}, &ProblemCode::code);
  return all;
}

}  // namespace

std::span<const ProblemCode> problem_codes() {
  static const std::vector<ProblemCode> all = gathered();
  return all;
}

std::string_view title_of(std::string_view code) {
  const auto codes = problem_codes();
  const auto found = std::ranges::lower_bound(codes, code, {}, &ProblemCode::code);
  return found != codes.end() && found->code == code ? found->title : std::string_view{};
}

}  // namespace mooring::config
