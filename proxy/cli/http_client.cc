#include "proxy/cli/http_client.h"

#include <curl/curl.h>

#include <array>
#include <memory>
#include <mutex>

#include "mooring_version.h"

namespace mooring::cli {
namespace {

struct Received {
  std::string body;
  std::size_t limit = 0;
  bool over_limit = false;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* context) {
  auto& received = *static_cast<Received*>(context);
  const std::size_t bytes = size * count;
  if (bytes > received.limit - received.body.size()) {
    received.over_limit = true;
    return 0;  // makes libcurl end the transfer
  }
  received.body.append(data, bytes);
  return bytes;
}

void start_libcurl() {
  static std::once_flag once;
  // Neither TLS nor Windows sockets: the start costs nothing, which matters to a health check every few seconds.
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_NOTHING); });
}

HttpFailure failure_of(CURLcode code, const Received& received, const char* detail, const HttpBounds& bounds) {
  if (received.over_limit) {
    return {.unreachable = false, .text = "the answer is larger than " + std::to_string(bounds.bytes >> 10U) + " KiB"};
  }
  if (code == CURLE_OPERATION_TIMEDOUT) {
    return {.unreachable = true, .text = "no answer within " + std::to_string(bounds.time.count()) + " ms"};
  }
  const std::string text = *detail != '\0' ? detail : curl_easy_strerror(code);
  return {.unreachable = code == CURLE_COULDNT_CONNECT || code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR,
          .text = text};
}

}  // namespace

std::expected<HttpAnswer, HttpFailure> http_ask(const std::string& method, const std::string& socket,
                                                const std::string& path, const HttpBounds& bounds) {
  start_libcurl();
  const std::unique_ptr<CURL, void (*)(CURL*)> owned(curl_easy_init(), curl_easy_cleanup);
  CURL* easy = owned.get();
  if (easy == nullptr) return std::unexpected(HttpFailure{.unreachable = false, .text = "out of memory"});
  Received received;
  received.limit = bounds.bytes;
  std::array<char, CURL_ERROR_SIZE> error{};
  curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(easy, CURLOPT_URL, ("http://mooring" + path).c_str());
  if (method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
  }
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // http_proxy in the environment is for others
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "mooring/" MOORING_VERSION);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(bounds.time.count()));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, static_cast<void*>(&received));
  const CURLcode code = curl_easy_perform(easy);
  if (code != CURLE_OK) return std::unexpected(failure_of(code, received, error.data(), bounds));
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return HttpAnswer{.status = static_cast<int>(status), .body = std::move(received.body)};
}

std::string http_client_version() {
  return curl_version_info(CURLVERSION_NOW)->version;
}

}  // namespace mooring::cli
