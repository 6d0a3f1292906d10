#include "proxy/observe/log_format.h"

#include "proxy/config/printable.h"
#include "proxy/observe/timestamp.h"

namespace mooring::observe {
namespace {

struct LevelName {
  std::string_view upper;
  std::string_view lower;
  std::string_view color;  // an ANSI sequence
};

LevelName name_of(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::trace:
      return {"TRACE", "trace", "\x1b[35m"};
    case config::LogLevel::debug:
      return {"DEBUG", "debug", "\x1b[36m"};
    case config::LogLevel::info:
      return {"INFO", "info", "\x1b[32m"};
    case config::LogLevel::warn:
      return {"WARN", "warn", "\x1b[33m"};
    case config::LogLevel::error:
      return {"ERROR", "error", "\x1b[31m"};
    case config::LogLevel::fatal:
      return {"FATAL", "fatal", "\x1b[31m"};
    case config::LogLevel::panic:
      return {"PANIC", "panic", "\x1b[31m"};
  }
  return {"ERROR", "error", "\x1b[31m"};
}

// Some texts have several lines (a rule with a caret under the mistake): `\n` reads better there than `\x0a`.
std::string on_one_line(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::string line;
  line.reserve(text.size());
  for (const char c : text.substr(0, kLogTextLength + 1)) {
    if (c == '\n') {
      line += "\\n";
    } else {
      line += c;
    }
  }
  return config::printable(line, kLogTextLength);
}

void append_json(std::string& out, std::string_view printable) {
  out += '"';
  for (const char c : printable) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

std::string format_log_line(bool json, config::LogLevel level, std::int64_t wall_ms, std::string_view text,
                            bool colored) {
  const LevelName name = name_of(level);
  const std::string shown = on_one_line(text);
  std::string line;
  if (json) {
    line.append(R"({"level":")").append(name.lower).append(R"(","time":")").append(rfc3339(wall_ms));
    line += R"(","message":)";
    append_json(line, shown);
    line += "}\n";
    return line;
  }
  line.append(rfc3339(wall_ms)).append(" ");
  if (colored) line.append(name.color);
  line.append(name.upper);
  if (colored) line.append("\x1b[0m");
  line.append(" ").append(shown).append("\n");
  return line;
}

}  // namespace mooring::observe
