#include "proxy/observe/access_line.h"

#include <algorithm>
#include <chrono>

#include "proxy/config/printable.h"
#include "proxy/observe/append_number.h"
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

void append_count(std::string& out, bool kept, std::uint64_t value) {
  if (kept) return append_number(out, value);
  out += '-';
}

}  // namespace

void AccessLine::format(const AccessRecord& record) {
  if (format_ == config::AccessLogFormat::json) {
    json_.format(record, before_, after_);
  } else {
    common(record);
  }
}

bool AccessLine::numbered() const {
  return format_ != config::AccessLogFormat::generic_clf && fields_.keeps(AccessField::request_count);
}

// Empty, which becomes "-", where it is dropped.
std::string_view AccessLine::shown(AccessField field, std::string_view text) const {
  switch (fields_.mode(field)) {
    case config::FieldMode::keep:
      return text;
    case config::FieldMode::drop:
      return {};
    case config::FieldMode::redact:
      return AccessFields::kRedacted;
  }
  return {};
}

void AccessLine::header(std::string& out, const AccessRecord& record, http::FieldId id) {
  std::string_view value;
  if (record.request_fields != nullptr && !fields_.drops_all_headers()) {
    const config::FieldMode mode = fields_.header_mode(http::field_name(id));
    if (mode != config::FieldMode::drop) value = record.request_fields->value(id);
    if (mode == config::FieldMode::redact && !value.empty()) value = AccessFields::kRedacted;
  }
  out += '"';
  append_text(out, value);
  out += '"';
}

void AccessLine::common(const AccessRecord& record) {
  before_.clear();
  after_.clear();
  append_text(before_, shown(AccessField::client_host, record.client_host));
  before_ += " - ";
  append_text(before_, shown(AccessField::client_username, record.user), Blanks::escaped);
  before_ += " [";
  before_ += fields_.keeps(AccessField::start_utc) ? time_of(record.started_at) : "-";
  before_ += "] \"";
  append_text(before_, shown(AccessField::request_method, record.method), Blanks::escaped);
  before_ += ' ';
  append_text(before_, shown(AccessField::request_path, fields_.shown_target(record.target, scratch_)),
              Blanks::escaped);
  before_ += ' ';
  append_text(before_, shown(AccessField::request_protocol, record.minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1"));
  before_ += "\" ";
  append_count(before_, fields_.keeps(AccessField::downstream_status), record.status);
  before_ += ' ';
  append_count(before_, fields_.keeps(AccessField::downstream_content_size), record.body_bytes);
  before_ += ' ';
  header(before_, record, http::FieldId::referer);
  before_ += ' ';
  header(before_, record, http::FieldId::user_agent);
  if (format_ == config::AccessLogFormat::generic_clf) {
    before_ += '\n';
    return;
  }
  before_ += ' ';
  if (!numbered()) before_ += '-';
  after_.assign(" \"");
  append_text(after_, shown(AccessField::router_name, record.router));
  after_ += "\" \"";
  append_text(after_, shown(AccessField::service_url, record.server_url));
  after_ += "\" ";
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(record.duration).count();
  append_number(after_, fields_.keeps(AccessField::duration) && ms > 0 ? static_cast<std::uint64_t>(ms) : 0);
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
