#include "proxy/routing/regexp.h"

#include <absl/strings/string_view.h>
#include <re2/re2.h>

#include <algorithm>
#include <string>

#include "proxy/routing/utf8.h"

namespace mooring::routing {
namespace {

// RE2 is built with its own string_view in Debian.
absl::string_view for_re2(std::string_view text) {
  return {text.data(), text.size()};
}

std::string with_replacement_characters(std::string_view text) {
  std::string mended;
  while (!text.empty()) {
    const std::size_t valid = std::min(first_invalid_utf8(text), text.size());
    mended += text.substr(0, valid);
    text.remove_prefix(valid);
    if (text.empty()) break;
    append_utf8(mended, 0xfffd);
    text.remove_prefix(1);
  }
  return mended;
}

}  // namespace

std::unique_ptr<const re2::RE2> compile_regexp(std::string_view pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kRegexpBytes);
  return std::make_unique<const re2::RE2>(for_re2(pattern), options);
}

bool is_found(const re2::RE2& pattern, std::string_view text) {
  const bool ascii = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii || first_invalid_utf8(text) == std::string_view::npos)
    return re2::RE2::PartialMatch(for_re2(text), pattern);
  return re2::RE2::PartialMatch(with_replacement_characters(text), pattern);
}

}  // namespace mooring::routing
