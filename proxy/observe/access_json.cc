#include "proxy/observe/access_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "proxy/observe/access_line.h"
#include "proxy/observe/json_string.h"

namespace mooring::observe {
namespace {

// As Go's servers show names: "x-request-ID" is "X-Request-Id".
std::string canonical(std::string_view name) {
  std::string shown(name);
  bool start = true;
  for (char& c : shown) {
    if (start && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (!start && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    start = c == '-';
  }
  return shown;
}

struct HostPort {
  std::string_view host;
  std::string_view port;  // "-": none
};

HostPort split(std::string_view authority) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return {.host = authority, .port = "-"};
  std::string_view host = authority.substr(0, colon);
  if (bracket != std::string_view::npos) host = host.substr(1, bracket - 1);
  return {.host = host, .port = authority.substr(colon + 1)};
}

std::string_view address_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  return scheme == std::string_view::npos ? url : url.substr(scheme + 3);
}

// Names have 253 bytes at most.
constexpr std::size_t kHostLength = 1024;

std::uint64_t count_of(std::chrono::nanoseconds time) {
  return time.count() > 0 ? static_cast<std::uint64_t>(time.count()) : 0;
}

}  // namespace

void AccessJson::format(const AccessRecord& record, std::string& before, std::string& after) {
  before.assign("{");
  after.clear();
  out_ = &before;
  client(record);
  answer(record);
  request(record, after);
  service(record);
  times(record);
  headers("downstream_", record.answer_fields);
  if (!record.entry_point.empty()) text(AccessField::entry_point_name, record.entry_point);
  key("", "level");
  *out_ += R"("info","msg":"")";
  headers("origin_", record.origin_fields);
  headers("request_", record.request_fields);
  key("", "time");
  const auto ended =
      record.started_at + std::chrono::duration_cast<std::chrono::system_clock::duration>(record.duration);
  local_.set(ended, true);
  out_->append("\"").append(local_.second()).append(local_.zone()).append("\"}\n");
}

void AccessJson::client(const AccessRecord& record) {
  const bool v6 = record.peer_ip.find(':') != std::string_view::npos;
  scratch_.clear();
  scratch_.append(v6 ? "[" : "").append(record.peer_ip).append(v6 ? "]:" : ":");
  fmt::format_to(std::back_inserter(scratch_), "{}", record.peer_port);
  text(AccessField::client_addr, scratch_);
  text(AccessField::client_host, record.client_host);
  text(AccessField::client_port, fmt::format_int(record.peer_port).c_str());
  text(AccessField::client_username, record.user.empty() ? "-" : record.user);
}

void AccessJson::answer(const AccessRecord& record) {
  number(AccessField::downstream_content_size, record.body_bytes);
  number(AccessField::downstream_status, record.status);
  number(AccessField::duration, count_of(record.duration));
  if (!record.failure.empty()) text(AccessField::failure, record.failure);
  const bool origin = record.origin_status != 0;
  if (origin && record.body_bytes != 0 && record.body_bytes != record.origin_bytes && key(AccessField::gzip_ratio)) {
    fmt::format_to(std::back_inserter(*out_), "{}",
                   static_cast<double>(record.origin_bytes) / static_cast<double>(record.body_bytes));
  }
  if (origin) {
    number(AccessField::origin_content_size, record.origin_bytes);
    number(AccessField::origin_duration, count_of(record.origin_duration));
    number(AccessField::origin_status, record.origin_status);
  }
  number(AccessField::overhead, count_of(record.duration - record.origin_duration));
}

void AccessJson::request(const AccessRecord& record, std::string& after) {
  const std::string_view authority = record.authority.substr(0, kHostLength);
  text(AccessField::request_addr, authority);
  number(AccessField::request_content_size, record.request_bytes);
  if (fields_.keeps(AccessField::request_count) && key(AccessField::request_count)) {
    out_ = &after;  // the number comes between
  }
  const HostPort host = split(authority);
  text(AccessField::request_host, host.host);
  text(AccessField::request_method, record.method);
  target(record);
  text(AccessField::request_port, host.port);
  text(AccessField::request_protocol, record.minor_version == 0 ? "HTTP/1.0" : "HTTP/1.1");
  text(AccessField::request_scheme, record.secure ? "https" : "http");
  number(AccessField::retry_attempts, record.retries);
}

void AccessJson::target(const AccessRecord& record) {
  text(AccessField::request_path, fields_.shown_target(record.target, scratch_));
}

void AccessJson::service(const AccessRecord& record) {
  if (!record.router.empty()) text(AccessField::router_name, record.router);
  if (!record.server_url.empty()) text(AccessField::service_addr, address_of(record.server_url));
  if (!record.service.empty()) text(AccessField::service_name, record.service);
  if (!record.server_url.empty()) text(AccessField::service_url, record.server_url);
}

void AccessJson::times(const AccessRecord& record) {
  if (key(AccessField::start_local)) moment(record.started_at, true);
  if (key(AccessField::start_utc)) moment(record.started_at, false);
}

void AccessJson::moment(std::chrono::system_clock::time_point time, bool local) {
  if (fields_.mode(local ? AccessField::start_local : AccessField::start_utc) == config::FieldMode::redact) {
    return append_json_string(*out_, AccessFields::kRedacted, kFieldLength);
  }
  ClockText& clock = local ? local_ : utc_;
  clock.set(time, local);
  out_->append("\"").append(clock.second()).append(clock.fraction(time)).append(clock.zone()).append("\"");
}

void AccessJson::headers(std::string_view prefix, const http::HeaderMap* map) {
  if (map == nullptr || fields_.drops_all_headers()) return;
  collect(*map);
  const std::size_t begin = out_->size();
  for (const Header& header : headers_) {
    if (out_->size() - begin > kFieldsLength) break;
    key(prefix, header.name.substr(0, kFieldLength));
    append_json_string(*out_, header.value, kFieldLength);
  }
}

// Sorted, and those of one name together.
void AccessJson::collect(const http::HeaderMap& map) {
  headers_.clear();
  for (const http::Field& field : map) {
    const config::FieldMode mode = fields_.header_mode(field.name);
    if (mode == config::FieldMode::drop) continue;
    headers_.push_back(
        {.name = canonical(field.name),
         .value = std::string(mode == config::FieldMode::redact ? AccessFields::kRedacted : field.value)});
  }
  std::ranges::stable_sort(headers_, {}, &Header::name);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < headers_.size(); ++i) {
    if (i > 0 && headers_[kept - 1].name == headers_[i].name) {
      headers_[kept - 1].value.append(",").append(headers_[i].value);
      continue;
    }
    if (kept != i) headers_[kept] = std::move(headers_[i]);
    ++kept;
  }
  headers_.resize(kept);
}

// False: the field is not shown.
bool AccessJson::key(AccessField field) {
  if (fields_.drops(field)) return false;
  key("", access_field_name(field));
  return true;
}

void AccessJson::key(std::string_view prefix, std::string_view name) {
  if (out_->empty() || out_->back() != '{') *out_ += ',';
  out_->append("\"").append(prefix).append(name).append("\":");
}

void AccessJson::text(AccessField field, std::string_view value) {
  if (!key(field)) return;
  const bool redacted = fields_.mode(field) == config::FieldMode::redact;
  append_json_string(*out_, redacted ? AccessFields::kRedacted : value, AccessLine::kTextLength);
}

void AccessJson::number(AccessField field, std::uint64_t value) {
  if (!key(field)) return;
  if (fields_.mode(field) == config::FieldMode::redact) {
    append_json_string(*out_, AccessFields::kRedacted, kFieldLength);
  } else {
    fmt::format_to(std::back_inserter(*out_), "{}", value);
  }
}

}  // namespace mooring::observe
