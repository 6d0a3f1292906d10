#include "proxy/server/drain_journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "proxy/config/printable.h"
#include "proxy/observe/log.h"

namespace mooring::server {
namespace {

using Phase = DrainView::Phase;

constexpr std::size_t kMostBytes = 1 << 20;  // then it is begun anew; a thousand orders have a quarter of that
constexpr std::string_view kUndone = "undone";
constexpr std::array<std::pair<Phase, std::string_view>, 3> kPhases = {
    {{Phase::draining, "draining"}, {Phase::drained, "drained"}, {Phase::deadline_passed, "passed"}}};

std::string_view name_of(Phase phase) {
  return std::ranges::find(kPhases, phase, &decltype(kPhases)::value_type::first)->second;
}

std::string error_text(int error) {
  return std::generic_category().message(error);
}

// The text up to the next tab, which is taken off `rest` too.
std::string_view field(std::string_view& rest) {
  const auto end = rest.find('\t');
  const std::string_view text = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return text;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

std::optional<DrainView> order_in(std::string_view line) {
  const std::string_view state = field(line);
  const auto phase = std::ranges::find(kPhases, state, &decltype(kPhases)::value_type::second);
  DrainView order;
  order.target.id = field(line);
  const auto since = number(field(line));
  const auto deadline = number(field(line));
  order.target.name = field(line);
  if (phase == kPhases.end() || order.target.id.empty() || order.target.name.empty() || !since || !deadline) {
    return std::nullopt;
  }
  order.phase = phase->first;
  order.since_ms = *since;
  order.deadline_ms = *deadline;
  return order;
}

// An id with a tab or an end of line would be two fields. No engine gives one.
bool can_be_written(std::string_view id) {
  return std::ranges::none_of(id, [](char c) { return c == '\t' || c == '\n'; });
}

const std::string& id_of(const DrainView& order) {
  return order.target.id;
}

std::string line_of(const DrainView& order) {
  return std::string(name_of(order.phase)) + "\t" + order.target.id + "\t" + std::to_string(order.since_ms) + "\t" +
         std::to_string(order.deadline_ms) + "\t" + config::printable(order.target.name) + "\n";
}

}  // namespace

DrainJournal::DrainJournal(std::string path) : path_(std::move(path)) {
  file_ = ::open(path_.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  struct stat status{};
  if (file_ >= 0 && (::fstat(file_, &status) != 0 || !S_ISREG(status.st_mode))) {
    ::close(std::exchange(file_, -1));
    errno = EINVAL;
  }
  if (file_ < 0) {
    why_not_ = error_text(errno);
    return;
  }
  read();
}

DrainJournal::~DrainJournal() {
  if (file_ < 0) return;
  ::close(file_);
  if (orders_.empty()) ::unlink(path_.c_str());
}

void DrainJournal::read() {
  struct stat status{};
  if (::fstat(file_, &status) != 0) return;
  std::string text(std::min(static_cast<std::size_t>(status.st_size), kMostBytes), '\0');
  const ssize_t count = ::pread(file_, text.data(), text.size(), 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  size_ = text.size();
  torn_ = !text.empty() && !text.ends_with('\n');
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    if (end == std::string::npos) break;  // cut short
    std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    if (const auto order = order_in(line)) {
      keep(*order);
    } else if (field(line) == kUndone) {
      forget(field(line));
    }
  }
}

void DrainJournal::keep(const DrainView& order) {
  const auto known = std::ranges::find(orders_, order.target.id, id_of);
  if (known == orders_.end()) {
    orders_.push_back(order);
  } else {
    *known = order;
  }
}

bool DrainJournal::forget(std::string_view id) {
  return std::erase_if(orders_, [id](const DrainView& order) { return order.target.id == id; }) != 0;
}

void DrainJournal::put(const DrainView& order) {
  if (!can_be_written(order.target.id)) return;
  keep(order);
  append(line_of(order));
}

void DrainJournal::remove(std::string_view id) {
  if (forget(id)) append(std::string(kUndone) + "\t" + std::string(id) + "\n");
}

void DrainJournal::append(const std::string& line) {
  // Behind half a line nothing is a line.
  if (torn_ || size_ + line.size() > kMostBytes) {
    begin_anew();
  } else {
    write(line);
  }
}

// A crash in between loses what is in force, and never brings back what was undone.
void DrainJournal::begin_anew() {
  if (file_ < 0 || ::ftruncate(file_, 0) != 0) return;
  size_ = 0;
  torn_ = false;
  std::string all;
  for (const DrainView& order : orders_) all += line_of(order);
  if (!all.empty()) write(all);
}

void DrainJournal::write(const std::string& text) {
  const ssize_t written = file_ < 0 ? -1 : ::write(file_, text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) {
    size_ += text.size();
    return;
  }
  if (file_ >= 0) why_not_ = written < 0 ? error_text(errno) : "no room left";
  torn_ = true;
  observe::log_warning(
      "{}: {}: the drain orders in force will not outlive this process. Make room there, or its directory writable "
      "(a volume or a tmpfs on /run/mooring in Compose)",
      path_, why_not_);
}

}  // namespace mooring::server
