#include "proxy/cli/status_command.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>

#include "proxy/cli/json_fields.h"
#include "proxy/cli/status_table.h"

namespace mooring::cli {
namespace {

using std::chrono::milliseconds;

// How long one question may take beyond what the proxy was asked to wait.
constexpr milliseconds kTime{10'000};
// A change is told at once. On a terminal the counters are looked at this often too.
constexpr milliseconds kRedraw{2'000};
constexpr milliseconds kWait{30'000};
constexpr milliseconds kPause{500};
constexpr const char* kClear = "\x1b[H\x1b[2J\x1b[3J";

TextStyle style_of_output(bool terminal) {
  TextStyle style;
  if (!terminal) return style;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) style.width = size.ws_col;
  const char* no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): one thread
  style.color = no_color == nullptr || *no_color == '\0';
  return style;
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

int complain(const ControlFailure& failure) {
  std::fprintf(stderr, "mooring status: %s\n", failure.text.c_str());
  return failure.code;
}

// False: nobody reads any more.
bool print(const std::string& text) {
  return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0;
}

struct Answer {
  std::string body;
  Json document;
};

std::expected<Answer, ControlFailure> ask(const ControlClient& client, const std::string& query, milliseconds wait) {
  auto body = client.get("/api/status" + query, kTime + wait);
  if (!body) return std::unexpected(body.error());
  Json document = Json::parse(*body, nullptr, false);
  if (!document.is_object()) {
    return std::unexpected(ControlFailure{
        .text = client.socket() + " answers with something that is not a status document: is it Mooring's socket?",
        .code = kExitFailure});
  }
  return Answer{.body = std::move(*body), .document = std::move(document)};
}

int show_once(const ControlClient& client, const StatusOptions& options) {
  const auto answer = ask(client, options.json ? "?pretty" : "", milliseconds{0});
  if (!answer) return complain(answer.error());
  if (options.json) {
    print(answer->body.ends_with('\n') ? answer->body : answer->body + "\n");
  } else {
    print(status_table(answer->document, now_ms(), style_of_output(::isatty(STDOUT_FILENO) == 1)));
  }
  return kExitOk;
}

bool show_change(const Answer& answer, bool json, bool terminal, bool first) {
  if (json) return print(answer.document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  const std::string table = status_table(answer.document, now_ms(), style_of_output(terminal));
  return print(terminal ? kClear + table : (first ? "" : "\n") + table);
}

// Until nobody reads, or the proxy goes: its socket goes with it, and with both in one container there is none to wait
// for.
int watch(const ControlClient& client, const StatusOptions& options) {
  const bool terminal = !options.json && ::isatty(STDOUT_FILENO) == 1;
  const milliseconds wait = terminal ? kRedraw : kWait;
  std::optional<std::string> seen;
  while (true) {
    const std::string query =
        seen ? "?wait=" + *seen + "&timeout=" + std::to_string(wait.count()) + "ms" : std::string{};
    const auto asked = std::chrono::steady_clock::now();
    const auto answer = ask(client, query, wait);
    if (!answer) return complain(answer.error());
    const std::string generation = std::to_string(number_of(answer->document, "generation"));
    // When the time is up, the answer is the one that was shown already; on a terminal its counters may be new.
    if (terminal || generation != seen) {
      if (!show_change(*answer, options.json, terminal, !seen)) return kExitOk;
    }
    // A proxy that ends, or one that knows no waiting, answers at once: not to be asked in a tight loop.
    const bool hasty = generation == seen && std::chrono::steady_clock::now() - asked < kPause;
    if (hasty) std::this_thread::sleep_for(kPause);
    seen = generation;
  }
}

}  // namespace

int run_status(const StatusOptions& options) {
  const ControlClient client(options.control_socket);
  return options.watch ? watch(client, options) : show_once(client, options);
}

}  // namespace mooring::cli
