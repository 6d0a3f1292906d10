#include "proxy/cli/drain_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <expected>
#include <string_view>
#include <thread>
#include <utility>

#include "proxy/cli/status_table.h"
#include "proxy/config/printable.h"

namespace mooring::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTime{10'000};
// How often it is asked, and how often a line is written: the end is to be seen at once, the way there in peace.
constexpr milliseconds kAskEvery{200};
constexpr int kAsksALine = 5;
constexpr std::size_t kLongestAnswer = 4000;
// Orders outlive the process: who waits for one waits for the proxy's restart too.
constexpr std::int64_t kRestartMs = 30'000;

std::int64_t now_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// For a query: all but what may stand there as it is (RFC 3986 section 2.3).
std::string encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
    }
  }
  return out;
}

std::string plural(std::int64_t count, const std::string& one, bool estimated = false) {
  return (estimated ? "≥" : "") + std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

int complain(const char* command, const ControlFailure& failure) {
  std::fprintf(stderr, "%s: %s\n", command, failure.text.c_str());
  return failure.code;
}

// What the proxy said instead of doing it, line by line.
int refused(const char* command, const HttpAnswer& answer) {
  std::string text = answer.body;
  while (text.ends_with('\n')) text.pop_back();
  std::fprintf(stderr, "%s: ", command);
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.size(), text.find('\n', begin));
    std::fprintf(stderr, "%s\n", config::printable(text.substr(begin, end - begin), kLongestAnswer).c_str());
    begin = end + 1;
  }
  return kExitFailure;
}

// Shows progress: on a terminal one line that is drawn anew, else a line now and then.
class Progress {
 public:
  explicit Progress(bool terminal) : terminal_(terminal) {}
  void show(const std::string& line) {
    if (!terminal_ && asks_++ % kAsksALine != 0) return;
    write((terminal_ ? "\r\033[K" : "") + line + (terminal_ ? "" : "\n"));
  }
  void end(const std::string& line) { write((terminal_ ? "\r\033[K" : "") + line + "\n"); }

 private:
  static void write(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
  }
  bool terminal_;
  int asks_ = 0;
};

int wait_for(const ControlClient& client, Json order) {
  const std::string path = "/api/drain?name=" + encoded(text_of(order, "id"));
  const std::string name = config::printable(text_of(order, "name"));
  Progress progress(::isatty(STDOUT_FILENO) == 1);
  std::int64_t answered_ms = now_ms();
  while (true) {
    const std::string state = text_of(order, "state");
    const std::string line = drain_progress(order, now_ms());
    if (state != "draining") {
      progress.end(line);
      return state == "drained" ? kExitOk : kExitDeadline;
    }
    progress.show(line);
    std::this_thread::sleep_for(kAskEvery);
    const auto answer = client.ask("GET", path, kTime);
    if (!answer && now_ms() - answered_ms < kRestartMs) continue;
    if (!answer) return complain("mooring drain", answer.error());
    answered_ms = now_ms();
    if (answer->status == 404) {
      progress.end(name + ": its container is gone");
      return kExitOk;
    }
    if (answer->status == 503) {  // it has just started, and does not know the containers yet
      if (now_ms() < time_of(order, "deadline").value_or(now_ms())) continue;
      progress.end(name + ": the deadline has passed, and Mooring does not say what is left");
      return kExitDeadline;
    }
    if (answer->status != 200) {
      progress.end(name + ": the drain is not in force any more: somebody undid it, or Mooring was made anew");
      return kExitFailure;
    }
    order = Json::parse(answer->body, nullptr, false);
  }
}

}  // namespace

std::string drain_progress(const Json& order, std::int64_t now_ms) {
  const std::string name = config::printable(text_of(order, "name"));
  const std::string state = text_of(order, "state");
  const std::string elapsed = age(now_ms - time_of(order, "since").value_or(now_ms));
  const std::string left = plural(number_of(order, "sessions"), "session", is_true(order, "sessionsEstimated")) +
                           " · " + plural(number_of(order, "inFlight"), "request") + " in flight · " +
                           plural(number_of(order, "tunnels"), "WebSocket");
  if (state == "drained") return name + ": drained after " + elapsed;
  if (state == "draining") {
    return name + ": draining for " + elapsed + " · " + left + " · " +
           age(time_of(order, "deadline").value_or(now_ms) - now_ms) + " left";
  }
  return name + ": the deadline has passed after " + elapsed + "; left: " + left;
}

int run_drain(const DrainOptions& options) {
  const ControlClient client(options.control_socket);
  const auto answer = client.ask(
      "POST",
      "/api/drain?name=" + encoded(options.name) + "&deadline=" + std::to_string(options.deadline.count()) + "ms",
      kTime);
  if (!answer) return complain("mooring drain", answer.error());
  if (answer->status != 200) return refused("mooring drain", *answer);
  Json order = Json::parse(answer->body, nullptr, false);
  if (options.wait) return wait_for(client, std::move(order));
  std::printf("%s\n  it holds until `mooring undrain %s`, or until the container is removed\n",
              drain_progress(order, now_ms()).c_str(), config::printable(text_of(order, "name")).c_str());
  return kExitOk;
}

int run_undrain(const UndrainOptions& options) {
  const ControlClient client(options.control_socket);
  const auto answer = client.ask("POST", "/api/undrain?name=" + encoded(options.name), kTime);
  if (!answer) return complain("mooring undrain", answer.error());
  if (answer->status != 200) return refused("mooring undrain", *answer);
  const Json undone = Json::parse(answer->body, nullptr, false);
  std::printf("%s: takes requests again once its port accepts a connection\n",
              config::printable(text_of(undone, "name")).c_str());
  return kExitOk;
}

}  // namespace mooring::cli
