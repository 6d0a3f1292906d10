#include "providers/file/listing.h"

#include <cerrno>
#include <filesystem>
#include <format>
#include <system_error>
#include <utility>
#include <vector>

#include "proxy/config/problem_codes.h"
#include "proxy/config/value_tree.h"

namespace mooring::file {

namespace {

namespace fs = std::filesystem;

// Above this, files are watched through their directories alone: the kernel's watches are counted.
constexpr std::size_t kMostFileWatches = 256;

config::Problem problem(std::string_view code, const std::string& where, std::string text, std::string in_force,
                        std::string fix) {
  config::Problem made;
  made.code = code;
  made.where = where;
  made.text = std::move(text);
  made.in_force = std::move(in_force);
  made.fix = std::move(fix);
  return made;
}

class Lister {
 public:
  explicit Lister(Listing& listing) : listing_(listing) {}

  void directory(const fs::path& path, const std::string& name, int level) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return cannot(path, name, errno);
    if (!seen_.emplace(status.st_dev, status.st_ino).second) return;
    if (level > kMostLevels) {
      listing_.problems.push_back(problem(config::code::kFileTooMuch, name,
                                          "the directory is more than " + std::to_string(kMostLevels) + " levels deep",
                                          "nothing below it is read", "move its files up"));
      return;
    }
    listing_.watched.insert(path.string());
    std::error_code error;
    fs::directory_iterator entries(path, error);
    std::set<fs::path> sorted;
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) sorted.insert(entries->path());
    if (error) return cannot(path, name, error.value());
    for (const fs::path& entry : sorted) {
      const std::string own = entry.filename().string();
      if (own.starts_with('.') || full_) continue;
      add(entry, name.empty() ? own : std::format("{}/{}", name, own), level);
    }
  }

  // One file that was asked for by name: whatever it is called, it is listed when it is there.
  void single(const fs::path& path) {
    listing_.watched.insert(path.has_parent_path() ? path.parent_path().string() : ".");
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return cannot(path, path.filename().string(), errno);
    if (!S_ISREG(status.st_mode)) {
      listing_.problems.push_back(problem(config::code::kFileUnreadable, path.string(), "it is no regular file",
                                          "what was read before stays in force",
                                          "name a file in providers.file.filename, or use providers.file.directory"));
      listing_.complete = false;
      return;
    }
    take(path, path.filename().string(), status);
  }

 private:
  void add(const fs::path& path, const std::string& name, int level) {
    struct stat status{};
    const bool there = ::stat(path.c_str(), &status) == 0;
    if (there && S_ISDIR(status.st_mode)) return directory(path, name, level + 1);
    if (!config::text_format(name)) return;
    // Gone between the two looks, or a link to what is not there (yet): that is as good as deleted.
    if (!there && errno == ENOENT) return;
    if (!there) return cannot(path, name, errno);
    if (!S_ISREG(status.st_mode)) return;
    if (listing_.files.size() >= kMostFiles) {
      full_ = true;
      listing_.problems.push_back(problem(config::code::kFileTooMuch, name,
                                          "there are more than " + std::to_string(kMostFiles) + " files",
                                          "this one and those behind it are not read", "put several into one"));
      return;
    }
    take(path, name, status);
  }

  void take(const fs::path& path, const std::string& name, const struct stat& status) {
    listing_.files[name] = {path.string(), Stamp::of(status)};
    if (listing_.files.size() > kMostFileWatches) return;
    // A file that is mounted by itself is not its directory's: its own events are the only ones.
    listing_.watched.insert(path.string());
    std::error_code error;
    if (fs::is_symlink(path, error)) {
      const fs::path real = fs::canonical(path, error);
      if (!error) listing_.watched.insert(real.parent_path().string());
    }
  }

  void cannot(const fs::path& path, const std::string& name, int error) {
    // A file that is not there any more takes its part with it; a whole directory may be an unmounted one.
    const bool deleted = error == ENOENT && config::text_format(name);
    if (!deleted) listing_.complete = false;
    listing_.problems.push_back(
        problem(config::code::kFileUnreadable, path.string(), std::generic_category().message(error),
                deleted ? "nothing of it is in force" : "what was read before stays in force",
                error == EACCES ? "let the user that Mooring runs as read it (uid 65532 where it gives up root)" : ""));
  }

  Listing& listing_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  bool full_ = false;
};

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Stamp Stamp::of(const struct stat& status) {
  return {.device = static_cast<std::uint64_t>(status.st_dev),
          .inode = static_cast<std::uint64_t>(status.st_ino),
          .size = static_cast<std::int64_t>(status.st_size),
          .modified_ns = nanoseconds(status.st_mtim),
          .changed_ns = nanoseconds(status.st_ctim)};
}

Listing list_files(const config::FileOptions& options) {
  Listing listing;
  Lister lister(listing);
  if (!options.directory.empty()) {
    const fs::path top(options.directory);
    lister.directory(top, "", 0);
    listing.watched.insert(top.has_parent_path() ? top.parent_path().string() : ".");  // it may be made later
  } else {
    lister.single(options.filename);
  }
  return listing;
}

}  // namespace mooring::file
