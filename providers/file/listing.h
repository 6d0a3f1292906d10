// What is there to be read: the files of the file provider, by name and stamp, at one moment.
//
// Looks, and reads nothing. Names that begin with a dot are passed over (editors' swap files, ".git", and the
// directories behind a mounted ConfigMap); so are endings other than .yml, .yaml and .toml. Symbolic links are
// followed, each directory once. Bounded in depth and number. Any thread.
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "proxy/config/options.h"
#include "proxy/config/problem.h"

namespace mooring::file {

inline constexpr std::size_t kMostFiles = 10'000;
inline constexpr int kMostLevels = 16;  // of directories

// Tells one content of a file from another without reading it.
struct Stamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;  // since the epoch
  std::int64_t changed_ns = 0;

  static Stamp of(const struct stat& status);
  bool operator==(const Stamp&) const = default;
};

struct FoundFile {
  std::string path;  // to open it
  Stamp stamp;
};

struct Listing {
  std::map<std::string, FoundFile> files;  // by the name that people see: relative to the directory
  std::set<std::string> watched;           // directories and files whose changes matter
  bool complete = true;                    // else what is missing may be there all the same
  config::Problems problems;
};

Listing list_files(const config::FileOptions& options);

}  // namespace mooring::file
