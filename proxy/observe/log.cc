#include "proxy/observe/log.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "proxy/observe/descriptor_writer.h"
#include "proxy/observe/log_format.h"

namespace mooring::observe {
namespace {

// Events waiting to be written; some 400 bytes each.
constexpr std::size_t kQueueLength = 2048;
constexpr int kNothing = static_cast<int>(config::LogLevel::panic) + 1;

// spdlog has one level above error where Traefik has two.
spdlog::level::level_enum to_spdlog(config::LogLevel level) {
  switch (level) {
    case config::LogLevel::trace:
      return spdlog::level::trace;
    case config::LogLevel::debug:
      return spdlog::level::debug;
    case config::LogLevel::info:
      return spdlog::level::info;
    case config::LogLevel::warn:
      return spdlog::level::warn;
    case config::LogLevel::error:
      return spdlog::level::err;
    case config::LogLevel::fatal:
    case config::LogLevel::panic:
      return spdlog::level::critical;
  }
  return spdlog::level::err;
}

config::LogLevel from_spdlog(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
      return config::LogLevel::trace;
    case spdlog::level::debug:
      return config::LogLevel::debug;
    case spdlog::level::info:
      return config::LogLevel::info;
    case spdlog::level::warn:
      return config::LogLevel::warn;
    case spdlog::level::critical:
      return config::LogLevel::fatal;
    default:
      return config::LogLevel::error;
  }
}

// Used by the log's one thread, which is all the locking it needs.
class LineSink final : public spdlog::sinks::sink {
 public:
  LineSink(int descriptor, bool json, bool colored) : writer_(descriptor), json_(json), colored_(colored) {}

  // Not shared: the pool outlives its thread, which must not be the one to end the pool.
  void watch(spdlog::details::thread_pool& pool) { pool_ = &pool; }
  void hurry() { writer_.hurry(); }

  void log(const spdlog::details::log_msg& event) override {
    const std::int64_t at =
        std::chrono::duration_cast<std::chrono::milliseconds>(event.time.time_since_epoch()).count();
    say_what_was_lost(at);
    writer_.write(
        format_log_line(json_, from_spdlog(event.level), at, {event.payload.data(), event.payload.size()}, colored_));
  }
  void flush() override {}
  void set_pattern(const std::string& /*pattern*/) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter> /*formatter*/) override {}

 private:
  void say_what_was_lost(std::int64_t at) {
    const std::size_t lost = pool_->overrun_counter();
    if (lost == said_lost_) return;
    writer_.write(format_log_line(
        json_, config::LogLevel::error, at,
        fmt::format("{} lines of this log were lost here: its reader is too slow", lost - said_lost_), colored_));
    said_lost_ = lost;
  }

  DescriptorWriter writer_;
  bool json_;
  bool colored_;
  spdlog::details::thread_pool* pool_ = nullptr;
  std::size_t said_lost_ = 0;
};

struct RunningLog {
  std::shared_ptr<LineSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
};

std::atomic<int> threshold{kNothing};
std::mutex running_mutex;  // for the pointer alone
std::shared_ptr<RunningLog> running;

std::shared_ptr<RunningLog> exchange_running(std::shared_ptr<RunningLog> next) {
  const std::lock_guard lock(running_mutex);
  running.swap(next);
  return next;
}

}  // namespace

void start_log(const config::LogOptions& options, int descriptor) {
  stop_log();
  const bool colored = !options.json && !options.no_color && ::isatty(descriptor) == 1;
  auto log = std::make_shared<RunningLog>();
  log->sink = std::make_shared<LineSink>(descriptor, options.json, colored);
  log->pool = std::make_shared<spdlog::details::thread_pool>(kQueueLength, 1, block_signals_in_this_thread);
  log->sink->watch(*log->pool);
  log->logger = std::make_shared<spdlog::async_logger>("mooring", log->sink, log->pool,
                                                       spdlog::async_overflow_policy::overrun_oldest);
  log->logger->set_level(spdlog::level::trace);                           // log_enabled() decides
  log->logger->set_error_handler([](const std::string& /*message*/) {});  // a line that comes after the end
  exchange_running(std::move(log));
  threshold.store(static_cast<int>(options.level), std::memory_order_relaxed);
}

void stop_log() {
  threshold.store(kNothing, std::memory_order_relaxed);
  const std::shared_ptr<RunningLog> last = exchange_running(nullptr);
  if (last == nullptr) return;
  last->sink->hurry();
  // The pool's end writes what is queued and joins its thread.
  last->pool.reset();
}

bool log_enabled(config::LogLevel level) {
  return static_cast<int>(level) >= threshold.load(std::memory_order_relaxed);
}

void log_line(config::LogLevel level, std::string_view text) {
  if (!log_enabled(level)) return;
  std::shared_ptr<RunningLog> log;
  {
    const std::lock_guard lock(running_mutex);
    log = running;
  }
  if (log != nullptr) log->logger->log(to_spdlog(level), spdlog::string_view_t(text.data(), text.size()));
}

void log_problem(const config::Problem& problem) {
  using config::LogLevel;
  using config::Severity;
  const LogLevel level = problem.severity == Severity::error     ? LogLevel::error
                         : problem.severity == Severity::warning ? LogLevel::warn
                                                                 : LogLevel::info;
  log(level, "{}", config::to_line(problem));
}

}  // namespace mooring::observe
