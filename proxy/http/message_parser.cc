#include "proxy/http/message_parser.h"

#include <llhttp.h>

#include <algorithm>
#include <new>

namespace mooring::http {
namespace {

static_assert(sizeof(llhttp_t) <= 96 && alignof(llhttp_t) <= alignof(std::max_align_t));
static_assert(LLHTTP_VERSION_MAJOR > 9 || (LLHTTP_VERSION_MAJOR == 9 && LLHTTP_VERSION_MINOR >= 2),
              "older ones can be smuggled through");

llhttp_t& machine(std::array<std::byte, 96>& storage) {
  return *reinterpret_cast<llhttp_t*>(storage.data());
}

// One call of llhttp, and how far it came.
struct Run {
  llhttp_errno_t error;
  std::size_t consumed;
};

Run run(llhttp_t& parser, std::string_view bytes) {
  const llhttp_errno_t error = llhttp_execute(&parser, bytes.data(), bytes.size());
  if (error == HPE_OK) return {error, bytes.size()};
  const auto consumed = static_cast<std::size_t>(llhttp_get_error_pos(&parser) - bytes.data());
  if (error == HPE_PAUSED) llhttp_resume(&parser);
  return {error, consumed};
}

// Why llhttp refused, as static text of ours: its own says where, not what is wrong with the message.
std::string_view explain(llhttp_errno_t error) {
  switch (error) {
    case HPE_CR_EXPECTED:
    case HPE_LF_EXPECTED:
    case HPE_STRICT:
      return "a line does not end in CRLF";
    case HPE_UNEXPECTED_SPACE:
    case HPE_INVALID_HEADER_TOKEN:
      return "malformed field line";
    case HPE_UNEXPECTED_CONTENT_LENGTH:
    case HPE_INVALID_CONTENT_LENGTH:
      return "malformed, repeated or contradicted Content-Length";
    case HPE_INVALID_TRANSFER_ENCODING:
      return "malformed, repeated or contradicted Transfer-Encoding";
    case HPE_INVALID_CHUNK_SIZE:
      return "malformed chunk size";
    case HPE_INVALID_URL:
      return "malformed request target";
    default:
      return "malformed message";
  }
}

}  // namespace

// A pause is how llhttp hands the control back: at the end of a head, of a chunk's head, of a span of data, of a
// message.
struct MessageParser::Callbacks {
  static MessageParser& self(llhttp_t* parser) { return *static_cast<MessageParser*>(parser->data); }
  static int name(llhttp_t* parser, const char* at, std::size_t size) {
    self(parser).collector_.name_piece({at, size});
    return HPE_OK;
  }
  static int value(llhttp_t* parser, const char* at, std::size_t size) {
    self(parser).collector_.value_piece({at, size});
    return HPE_OK;
  }
  static int field(llhttp_t* parser) { return self(parser).collector_.complete() ? HPE_OK : -1; }
  static int end(llhttp_t* parser) {
    self(parser).complete_ = true;
    return HPE_PAUSED;
  }
  static int chunk_head(llhttp_t* parser) {
    self(parser).last_chunk_ = parser->content_length == 0;
    return HPE_PAUSED;
  }
  static int data(llhttp_t* parser, const char* at, std::size_t size) {
    self(parser).data_ = {at, size};
    return HPE_PAUSED;
  }

  static constexpr llhttp_settings_t settings() {
    llhttp_settings_t settings{};
    settings.on_header_field = name;
    settings.on_header_value = value;
    settings.on_header_value_complete = field;
    settings.on_headers_complete = end;
    settings.on_message_complete = end;
    settings.on_chunk_header = chunk_head;
    settings.on_body = data;
    return settings;
  }
};

std::string_view MessageParser::library_version() {
#define MOORING_TEXT_OF(number) #number
#define MOORING_VERSION_OF(major, minor, patch) \
  MOORING_TEXT_OF(major) "." MOORING_TEXT_OF(minor) "." MOORING_TEXT_OF(patch)
  return MOORING_VERSION_OF(LLHTTP_VERSION_MAJOR, LLHTTP_VERSION_MINOR, LLHTTP_VERSION_PATCH);
#undef MOORING_VERSION_OF
#undef MOORING_TEXT_OF
}

MessageParser::MessageParser(Kind kind, const HeadLimits& limits) : limits_(&limits) {
  static constexpr llhttp_settings_t kSettings = Callbacks::settings();
  auto* const parser = new (machine_.data()) llhttp_t;
  llhttp_init(parser, kind == Kind::request ? HTTP_REQUEST : HTTP_RESPONSE, &kSettings);
  parser->data = this;
}

void MessageParser::restart(HeaderMap& fields, Framing& framing) {
  llhttp_reset(&machine(machine_));
  fields_ = &fields;
  framing_ = &framing;
  line_ = data_ = {};
  collector_.start(&fields, limits_->fields);
  failure_ = {};
  bytes_ = 0;
  step_ = Step::line;
  last_chunk_ = complete_ = mid_head_ = false;
}

Parsed MessageParser::refuse(const Failure& failure, std::size_t consumed) {
  failure_ = failure;
  step_ = Step::failed;
  return {.consumed = consumed, .state = ParseState::failed};
}

Parsed MessageParser::refuse(std::string_view detail, std::size_t consumed, std::uint16_t status) {
  return refuse(refusal(detail, status), consumed);
}

Parsed MessageParser::feed_head(std::string_view bytes) {
  if (step_ == Step::line) {
    const Parsed line = feed_line(bytes);
    if (line.state == ParseState::failed || step_ == Step::line) return line;
    const Parsed fields = feed_fields(bytes.substr(line.consumed));
    return {.consumed = line.consumed + fields.consumed, .state = fields.state};
  }
  if (step_ == Step::fields) return feed_fields(bytes);
  return {.consumed = 0, .state = step_ == Step::failed ? ParseState::failed : ParseState::done};
}

Parsed MessageParser::feed_line(std::string_view bytes) {
  if (bytes.empty()) return {};
  if (line_.empty()) {
    if (const auto failure = check_first(bytes.front())) return refuse(*failure, 0);
  }
  mid_head_ = true;
  const std::size_t limit = std::min(limits_->line_bytes, limits_->head_bytes);
  const std::size_t room = limit - line_.size();
  const std::string_view piece = bytes.substr(0, room);
  const std::size_t end = piece.find('\n');
  const std::size_t taken = end == std::string_view::npos ? piece.size() : end + 1;
  Arena& arena = fields_->arena();
  line_ = line_.empty() ? arena.copy(piece.substr(0, taken)) : arena.append(line_, piece.substr(0, taken));
  if (end == std::string_view::npos) {
    if (line_.size() < limit) return {.consumed = taken};
    return refuse(line_too_long(), taken);
  }
  if (const auto failure = read_line(line_)) return refuse(*failure, taken);
  // Two readers, one line: what either refuses is refused.
  const Run result = run(machine(machine_), line_);
  if (result.error != HPE_OK) return refuse(explain(result.error), taken);
  bytes_ = line_.size();
  step_ = Step::fields;
  return {.consumed = taken};
}

Parsed MessageParser::feed_fields(std::string_view bytes) {
  const std::string_view piece = bytes.substr(0, limits_->head_bytes - bytes_);
  const Run result = run(machine(machine_), piece);
  bytes_ += result.consumed;
  switch (result.error) {
    case HPE_OK:
      if (bytes_ < limits_->head_bytes) return {.consumed = result.consumed};
      return refuse("head is too large", result.consumed, 431);
    case HPE_PAUSED:
      return finish_head(result.consumed);
    case HPE_CB_HEADER_VALUE_COMPLETE:
      return refuse("head has too many fields", result.consumed, 431);
    default:
      return refuse(explain(result.error), result.consumed);
  }
}

Parsed MessageParser::finish_head(std::size_t consumed) {
  mid_head_ = false;
  if (const auto failure = check_head()) return refuse(*failure, consumed);
  // A disagreement about where the message ends is what smuggling is made of.
  const bool chunked = (machine(machine_).flags & F_CHUNKED) != 0;
  if (framing_->kind == BodyKind::chunked && !chunked) return refuse("unclear Transfer-Encoding", consumed);
  step_ = framing_->kind == BodyKind::chunked ? Step::body : Step::done;
  complete_ = false;
  bytes_ = 0;
  collector_.start(nullptr, limits_->fields);  // without start_trailers() they are dropped, never taken for fields
  return {.consumed = consumed, .state = ParseState::done};
}

void MessageParser::start_trailers(HeaderMap& into) {
  collector_.start(&into, limits_->fields);
}

BodyPart MessageParser::refuse_body(std::string_view detail, std::size_t consumed) {
  refuse(detail, consumed);
  return {.consumed = consumed, .state = ParseState::failed};
}

BodyPart MessageParser::feed_body(std::string_view bytes) {
  std::size_t consumed = 0;
  while (step_ == Step::body && consumed < bytes.size()) {
    data_ = {};
    const bool trailers = last_chunk_;
    const Run result = run(machine(machine_), bytes.substr(consumed));
    consumed += result.consumed;
    // What is not data: sizes, extensions, line ends, trailers. Bounded for each chunk, so that nothing grows.
    bytes_ += result.consumed - data_.size();
    if (bytes_ > (trailers ? limits_->trailer_bytes : limits_->chunk_extension_bytes)) {
      return refuse_body(trailers ? "trailers are too large" : "chunk extensions are too large", consumed);
    }
    if (result.error == HPE_OK) break;
    if (result.error == HPE_CB_HEADER_VALUE_COMPLETE) return refuse_body("too many trailer fields", consumed);
    if (result.error != HPE_PAUSED) return refuse_body(explain(result.error), consumed);
    if (complete_) step_ = Step::done;
    if (!data_.empty()) {
      bytes_ = 0;
      return {.consumed = consumed, .data = data_};
    }
    if (last_chunk_ && !trailers) bytes_ = 0;
  }
  if (step_ == Step::failed) return {.consumed = 0, .state = ParseState::failed};
  return {.consumed = consumed, .state = step_ == Step::done ? ParseState::done : ParseState::more};
}

}  // namespace mooring::http
