#include "proxy/observe/access_line.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "proxy/config/printable.h"
#include "proxy/observe/timestamp.h"

namespace mooring::observe {
namespace {

// Inside quotes a blank ends nothing; in the request line it would.
enum class Blanks { kept, escaped };

bool is_plain(char c, Blanks blanks) {
  return (c > ' ' && c < '\x7f' && c != '"' && c != '\\') || (c == ' ' && blanks == Blanks::kept);
}

void append_hostile(std::string& out, std::string_view text, Blanks blanks) {
  std::string quoted;
  quoted.reserve(text.size());
  for (const char c : text) {
    if (c == ' ' && blanks == Blanks::escaped) {
      quoted += "\\x20";
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  out += config::printable(quoted, AccessLine::kTextLength);
}

// "-" stands for what is not there.
void append_text(std::string& out, std::string_view text, Blanks blanks = Blanks::kept) {
  if (text.empty()) {
    out += '-';
  } else if (text.size() <= AccessLine::kTextLength &&
             std::ranges::all_of(text, [blanks](char c) { return is_plain(c, blanks); })) {
    out += text;
  } else {
    append_hostile(out, text, blanks);
  }
}

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end.ptr);
}

}  // namespace

void AccessLine::format(const AccessRecord& record) {
  before_.clear();
  append_text(before_, record.client_host);
  before_ += " - - [";
  before_ += time_of(record.started_at);
  before_ += "] \"";
  append_text(before_, record.method, Blanks::escaped);
  before_ += ' ';
  append_text(before_, record.target, Blanks::escaped);
  before_ += record.minor_version == 0 ? " HTTP/1.0\" " : " HTTP/1.1\" ";
  append_number(before_, record.status);
  before_ += ' ';
  append_number(before_, record.body_bytes);
  before_ += R"( "-" "-" )";
  after_.assign(" \"");
  append_text(after_, record.router);
  after_ += "\" \"";
  append_text(after_, record.server_url);
  after_ += "\" ";
  append_number(after_, record.duration_ms);
  after_ += "ms\n";
}

std::string_view AccessLine::time_of(std::chrono::system_clock::time_point time) {
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  if (second != second_) {
    second_ = second;
    time_ = common_log_time(second);
  }
  return time_;
}

}  // namespace mooring::observe
