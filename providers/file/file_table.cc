#include "providers/file/file_table.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <expected>
#include <memory>
#include <system_error>
#include <utility>

#include "proxy/config/changed_file.h"
#include "proxy/config/dynamic_file.h"
#include "proxy/config/problem_codes.h"

namespace mooring::file {

namespace {

using std::chrono::milliseconds;

// A smaller file is read whole in a moment, and its text need not be kept.
constexpr std::size_t kLarge = 64 << 10;

std::string what_stays(const config::FragmentPtr& good) {
  return good == nullptr ? "nothing of the file is in force" : "the last good version of the file stays in force";
}

struct Text {
  std::string bytes;
  Stamp stamp;          // before it was read
  bool steady = false;  // and behind it
};

// The whole file, or errno. EFBIG: it is larger than we read.
std::expected<Text, int> read_whole(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // a pipe would hold us up for ever
  if (file < 0) return std::unexpected(errno);
  struct stat status{};
  Text text;
  int error = ::fstat(file, &status) != 0 ? errno : S_ISREG(status.st_mode) ? 0 : EINVAL;
  if (error == 0 && status.st_size > kMostBytes) error = EFBIG;
  text.stamp = Stamp::of(status);
  if (error == 0) text.bytes.resize(static_cast<std::size_t>(status.st_size));
  std::size_t at = 0;
  while (error == 0 && at < text.bytes.size()) {
    const ssize_t count = ::read(file, text.bytes.data() + at, text.bytes.size() - at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) error = errno;
    if (count <= 0) break;
    at += static_cast<std::size_t>(count);
  }
  text.bytes.resize(at);
  text.steady = error == 0 && ::fstat(file, &status) == 0 && Stamp::of(status) == text.stamp;
  ::close(file);
  if (error != 0) return std::unexpected(error);
  return text;
}

}  // namespace

bool FileTable::look(const Listing& listing, const Watch& watch) {
  const Clock::time_point now = Clock::now();
  next_ = pace_.poll;
  if (listing_problems_ != listing.problems) {
    listing_problems_ = listing.problems;
    touched_.insert("");
  }
  for (const auto& [name, found] : listing.files) note(entries_[name], found, now);
  for (auto& [name, entry] : entries_) {
    if (listing.files.contains(name)) continue;
    if (!entry.missing && listing.complete) {
      entry.missing = true;
      entry.since = now;
    }
  }
  bool all = true;
  for (auto& [name, entry] : entries_) {
    if (entry.missing || entry.seen == entry.applied) continue;
    const bool took = settled(entry, watch, now) && read(name, entry);
    all = all && took;
  }
  // Some editors delete and write anew: what is missing is missed only when it stays away.
  std::erase_if(entries_, [&](auto& item) {
    auto& [name, entry] = item;
    if (!entry.missing) return false;
    const auto left = pace_.settle - std::chrono::duration_cast<milliseconds>(now - entry.since);
    if (left > milliseconds(0)) next_ = std::min(next_, left);
    if (left <= milliseconds(0)) say(name, entry, nullptr);
    return left <= milliseconds(0);
  });
  return all;
}

void FileTable::forget_stamps() {
  for (auto& [name, entry] : entries_) entry.applied.reset();
}

void FileTable::note(Entry& entry, const FoundFile& found, Clock::time_point now) const {
  entry.path = found.path;
  if (!entry.missing && entry.seen == found.stamp) return;
  entry.missing = false;
  entry.seen = found.stamp;
  // What was written long ago and has only now got this name need not be waited for.
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const auto age = std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count() - found.stamp.modified_ns;
  const auto most = std::chrono::duration_cast<std::chrono::nanoseconds>(pace_.settle).count();
  entry.since = now - std::chrono::nanoseconds(std::clamp<std::int64_t>(age, 0, most));
}

bool FileTable::settled(const Entry& entry, const Watch& watch, Clock::time_point now) {
  auto ready = entry.since + pace_.settle;
  if (const auto* written = watch.being_written(entry.path); written != nullptr) {
    ready = std::max(ready, *written + pace_.patience);
  }
  if (ready <= now) return true;
  next_ = std::min(next_, std::max(std::chrono::ceil<milliseconds>(ready - now), milliseconds(1)));
  return false;
}

// False: it changed under our hands, and the next look, soon, sees it.
bool FileTable::read(const std::string& name, Entry& entry) {
  auto text = read_whole(entry.path);
  entry.applied = entry.seen;
  touched_.insert(name);
  if (!text) {
    if (text.error() == EFBIG) {
      refuse(name, entry, config::code::kFileTooMuch,
             "the file is larger than " + std::to_string(kMostBytes >> 20) + " MiB", "split it into several");
    } else {
      refuse(name, entry, config::code::kFileUnreadable, std::generic_category().message(text.error()),
             text.error() == EACCES ? "let the user that Mooring runs as read it" : "");
    }
    return true;
  }
  if (!text->steady || entry.seen != text->stamp) {
    entry.applied.reset();
    next_ = std::min(next_, pace_.settle);
    return false;
  }
  take(name, entry, std::move(text->bytes));
  return true;
}

void FileTable::take(const std::string& name, Entry& entry, std::string text) {
  config::DynamicFile made;
  if (!entry.plain.empty()) {
    made.fragment = config::read_change(entry.plain, *entry.good, text, name);
    made.plain = made.fragment.has_value();
  }
  if (!made.fragment) made = config::read_dynamic_file(text, name, what_stays(entry.good));
  entry.refusals = std::move(made.problems);
  if (!made.fragment) return;
  entry.plain.clear();  // never beside another meaning than its own
  say(name, entry, std::make_shared<const config::Fragment>(std::move(*made.fragment)));
  if (made.plain && text.size() >= kLarge) entry.plain = std::move(text);
}

// The file means `now` from here on; null: nothing.
void FileTable::say(const std::string& name, Entry& entry, config::FragmentPtr now) {
  touched_.insert(name);
  touched_.merge(names_.say(name, entry.good, now));
  entry.good = std::move(now);
}

void FileTable::refuse(const std::string& name, Entry& entry, std::string_view code, std::string text,
                       std::string fix) const {
  config::Problem problem;
  problem.code = code;
  problem.where = name;
  problem.text = std::move(text);
  problem.in_force = what_stays(entry.good);
  problem.fix = std::move(fix);
  entry.refusals = {std::move(problem)};
}

// What is to be told of one file; null: nothing.
config::FragmentPtr FileTable::in_force(const std::string& name) const {
  const auto found = entries_.find(name);
  const bool of_listing = name.empty() && !listing_problems_.empty();
  if (!of_listing && found == entries_.end()) return nullptr;
  const config::Problems& more = of_listing ? listing_problems_ : found->second.refusals;
  const config::FragmentPtr good = of_listing ? nullptr : found->second.good;
  if (good == nullptr && more.empty()) return nullptr;
  if (good != nullptr && more.empty()) return names_.first_come(good);
  config::Fragment copy;
  if (good != nullptr) {
    copy = *names_.first_come(good);
  } else {
    copy.id = name;
    copy.origin.provider = "file";
    copy.origin.label = name;
  }
  copy.problems.insert(copy.problems.end(), more.begin(), more.end());
  return std::make_shared<const config::Fragment>(std::move(copy));
}

config::Update FileTable::update() {
  config::Update update;
  update.provider = "file";
  for (const std::string& name : std::exchange(touched_, {})) {
    const config::FragmentPtr now = in_force(name);
    const auto before = published_.find(name);
    if (now == nullptr) {
      if (before == published_.end()) continue;
      update.removed.push_back(name);
      published_.erase(before);
    } else if (before == published_.end() || (before->second != now && *before->second != *now)) {
      update.changed.push_back(now);
      published_[name] = now;
    }
  }
  return update;
}

}  // namespace mooring::file
