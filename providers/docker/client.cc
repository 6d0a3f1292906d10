#include "providers/docker/client.h"

#include <curl/curl.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "mooring_version.h"
#include "providers/docker/engine_json.h"

namespace mooring::docker {

namespace {

constexpr long kConnectMs = 5000;
// A peer that vanished without a word (TCP only) is noticed after 30 + 3 × 10 s.
constexpr long kKeepIdle = 30;
constexpr long kKeepInterval = 10;
constexpr long kKeepProbes = 3;

struct Transfer {
  CURL* easy = nullptr;
  std::string path;
  std::size_t limit = 0;
  bool over_limit = false;
  Reply reply;
  Client::Done done;
  char error[CURL_ERROR_SIZE] = {};
};

// The event stream: a transfer whose body is cut into lines as it comes.
struct Stream : Transfer {
  StreamEvents events;
  std::string partial;
  bool skipping = false;  // inside a line that was too long
  bool open = false;
  bool announced = false;
  std::deque<std::string> lines;
  std::size_t dropped = 0;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::size_t bytes = size * count;
  if (transfer.reply.body.size() + bytes > transfer.limit) {
    transfer.over_limit = true;
    return 0;  // makes libcurl end the transfer
  }
  transfer.reply.body.append(data, bytes);
  return bytes;
}

void take_line(Stream& stream, std::string_view piece, bool complete) {
  if (!stream.skipping) {
    if (stream.partial.size() + piece.size() > kMaxEventBytes) {
      stream.skipping = true;
      stream.partial.clear();
      stream.partial.shrink_to_fit();
      ++stream.dropped;
    } else {
      stream.partial.append(piece);
    }
  }
  if (complete) {
    if (!stream.skipping && stream.partial.find_first_not_of(" \t\r") != std::string::npos) {
      stream.lines.push_back(std::move(stream.partial));
    }
    stream.partial.clear();
    stream.skipping = false;
  }
}

std::size_t on_stream(char* data, std::size_t size, std::size_t count, void* context) {
  auto& stream = *static_cast<Stream*>(context);
  if (!stream.open) {  // an error reply: kept for its message
    return on_body(data, size, count, static_cast<Transfer*>(&stream));
  }
  std::string_view rest(data, size * count);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    take_line(stream, rest.substr(0, end), end != std::string_view::npos);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return size * count;
}

// "Name: value\r\n" -> the value, where the name is `name` in any case.
bool header_value(std::string_view line, std::string_view name, std::string& into) {
  if (line.size() <= name.size() || line[name.size()] != ':' ||
      !std::ranges::equal(line.substr(0, name.size()), name, [](char a, char b) { return (a | 0x20) == (b | 0x20); })) {
    return false;
  }
  line.remove_prefix(name.size() + 1);
  const std::size_t begin = line.find_first_not_of(" \t");
  const std::size_t end = line.find_last_not_of(" \t\r\n");
  into = begin == std::string_view::npos ? std::string() : std::string(line.substr(begin, end + 1 - begin));
  return true;
}

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  const std::string_view line(data, size * count);
  std::string date;
  if (header_value(line, "Date", date)) {
    transfer.reply.date = std::max<std::int64_t>(0, curl_getdate(date.c_str(), nullptr));
  } else {
    header_value(line, "Api-Version", transfer.reply.api_version);
  }
  return size * count;
}

std::size_t on_stream_header(char* data, std::size_t size, std::size_t count, void* context) {
  auto& stream = *static_cast<Stream*>(context);
  if (std::string_view(data, size * count) == "\r\n") {
    long status = 0;
    curl_easy_getinfo(stream.easy, CURLINFO_RESPONSE_CODE, &status);
    stream.open = status == 200;
  }
  return size * count;
}

// PEM text is handed over as it is, anything else is a path.
void set_pem(CURL* easy, CURLoption path_option, CURLoption blob_option, const std::string& value) {
  if (value.empty()) {
    return;
  }
  if (value.starts_with("-----BEGIN")) {
    curl_blob blob{const_cast<char*>(value.data()), value.size(), CURL_BLOB_COPY};
    curl_easy_setopt(easy, blob_option, &blob);
  } else {
    curl_easy_setopt(easy, path_option, value.c_str());
  }
}

// Why the transfer failed, or empty. Fills in the status.
std::string outcome(Transfer& transfer, CURLcode code) {
  long status = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
  transfer.reply.status = static_cast<int>(status);
  const std::string what = "GET " + transfer.path.substr(0, transfer.path.find('?')) + ": ";
  if (transfer.over_limit) {
    return what + "the reply is larger than " + std::to_string(transfer.limit >> 10U) + " KiB";
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return what + "no answer in time";
  }
  if (code != CURLE_OK) {
    return what + (transfer.error[0] != '\0' ? transfer.error : curl_easy_strerror(code));
  }
  if (status != 200) {
    const std::string message = decode_message(transfer.reply.body);
    return what + "the engine answers " + std::to_string(status) + (message.empty() ? "" : ": " + message);
  }
  return {};
}

void start_libcurl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace

struct Client::Machine {
  EngineEndpoint endpoint;
  config::DockerOptions options;
  CURLM* multi = nullptr;
  std::vector<std::unique_ptr<Transfer>> transfers;
  std::unique_ptr<Stream> stream;
  std::size_t aborts = 0;  // so that a callback that aborts is the last one

  CURL* begin(Transfer& transfer, const std::string& path);
  void drop(Transfer& transfer);
  void deliver_lines();
  void deliver_replies();
};

// What all transfers have in common.
CURL* Client::Machine::begin(Transfer& transfer, const std::string& path) {
  CURL* easy = curl_easy_init();
  transfer.easy = easy;
  transfer.path = path;
  if (!endpoint.socket_path.empty()) {
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, endpoint.socket_path.c_str());
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  }
  curl_easy_setopt(easy, CURLOPT_URL, (endpoint.base_url + path).c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // http_proxy in the environment is not for the engine
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "mooring/" MOORING_VERSION);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer.error);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, static_cast<void*>(&transfer));
  if (options.tls) {
    set_pem(easy, CURLOPT_CAINFO, CURLOPT_CAINFO_BLOB, options.tls->ca);
    set_pem(easy, CURLOPT_SSLCERT, CURLOPT_SSLCERT_BLOB, options.tls->cert);
    set_pem(easy, CURLOPT_SSLKEY, CURLOPT_SSLKEY_BLOB, options.tls->key);
    const bool verify = !options.tls->insecure_skip_verify;
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  }
  return easy;
}

void Client::Machine::drop(Transfer& transfer) {
  curl_multi_remove_handle(multi, transfer.easy);
  curl_easy_cleanup(transfer.easy);
  transfer.easy = nullptr;
}

Client::Client(const EngineEndpoint& endpoint, const config::DockerOptions& options)
    : machine_(std::make_unique<Machine>()) {
  start_libcurl();
  machine_->endpoint = endpoint;
  machine_->options = options;
  machine_->multi = curl_multi_init();
}

Client::~Client() {
  abort();
  curl_multi_cleanup(machine_->multi);
}

void Client::get(const std::string& path, Limits limits, Done done) {
  auto transfer = std::make_unique<Transfer>();
  CURL* easy = machine_->begin(*transfer, path);
  transfer->limit = limits.bytes;
  transfer->done = std::move(done);
  auto deadline = limits.deadline;
  if (const auto configured = machine_->options.http_client_timeout; configured.count() > 0) {
    deadline = std::min(deadline, configured);
  }
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(deadline.count()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void*>(transfer.get()));
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, static_cast<void*>(transfer.get()));
  curl_multi_add_handle(machine_->multi, easy);
  machine_->transfers.push_back(std::move(transfer));
}

std::size_t Client::running() const {
  return machine_->transfers.size();
}

void Client::follow(const std::string& path, StreamEvents events) {
  auto stream = std::make_unique<Stream>();
  CURL* easy = machine_->begin(*stream, path);
  stream->limit = kMaxSmallBytes;
  stream->events = std::move(events);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, kKeepIdle);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, kKeepInterval);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPCNT, kKeepProbes);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_stream);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void*>(stream.get()));
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_stream_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, static_cast<void*>(stream.get()));
  if (machine_->stream) {
    machine_->drop(*machine_->stream);
  }
  machine_->stream = std::move(stream);
  curl_multi_add_handle(machine_->multi, easy);
}

void Client::abort() {
  ++machine_->aborts;
  for (const auto& transfer : machine_->transfers) {
    machine_->drop(*transfer);
  }
  machine_->transfers.clear();
  if (machine_->stream) {
    machine_->drop(*machine_->stream);
    machine_->stream.reset();
  }
}

// Callbacks may call abort() or follow(): the stream is looked up again after each.
void Client::Machine::deliver_lines() {
  if (stream && stream->open && !stream->announced) {
    stream->announced = true;
    const auto opened = stream->events.opened;
    opened();
  }
  const Stream* current = stream.get();
  while (stream && stream.get() == current && stream->announced && !stream->lines.empty()) {
    const std::string line = std::move(stream->lines.front());
    stream->lines.pop_front();
    const auto handle = stream->events.line;
    handle(line);
  }
  if (stream && stream.get() == current && stream->dropped > 0) {
    stream->dropped = 0;
    const auto too_long = stream->events.too_long;
    too_long();
  }
}

void Client::Machine::deliver_replies() {
  // First everything is taken out of the multi handle: a callback may start or abort transfers.
  std::vector<std::unique_ptr<Transfer>> finished;
  std::string stream_end;
  bool stream_ended = false;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) {
      continue;
    }
    const CURLcode code = message->data.result;
    void* owner = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
    if (stream && owner == static_cast<Transfer*>(stream.get())) {
      stream_end = outcome(*stream, code);
      stream_ended = true;
      continue;
    }
    const auto found = std::ranges::find(transfers, owner, [](const auto& each) -> void* { return each.get(); });
    if (found != transfers.end()) {
      (*found)->reply.error = outcome(**found, code);
      drop(**found);
      finished.push_back(std::move(*found));
      transfers.erase(found);
    }
  }
  const Stream* current = stream.get();
  const std::size_t before = aborts;
  for (const auto& transfer : finished) {
    if (aborts == before) {
      transfer->done(std::move(transfer->reply));
    }
  }
  if (stream_ended && stream && stream.get() == current) {
    drop(*stream);
    const auto ended = std::move(stream->events.ended);
    const int status = stream->reply.status;
    stream.reset();
    ended(status, stream_end.empty() ? "the engine closed the event stream" : stream_end);
  }
}

void Client::poll(std::chrono::milliseconds timeout) {
  // A transfer that was just added makes this return at once, so nothing waits for the timeout.
  curl_multi_poll(machine_->multi, nullptr, 0, static_cast<int>(std::max<std::int64_t>(0, timeout.count())), nullptr);
  int running = 0;
  curl_multi_perform(machine_->multi, &running);
  machine_->deliver_lines();
  machine_->deliver_replies();
}

void Client::wake() {
  curl_multi_wakeup(machine_->multi);
}

}  // namespace mooring::docker
