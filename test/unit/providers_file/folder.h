// A folder of a test's own, with files that are written, replaced and linked; removed with everything in it at the end.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace mooring::file {

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mooring-files-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for the test");
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path at(const std::string& name) const { return path_ / name; }
  std::string path() const { return path_.string(); }

  void write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories(at(name).parent_path());
    std::ofstream(at(name), std::ios::binary) << text;
  }
  // As most programs do it: a new file beside the old one, then a rename.
  void replace(const std::string& name, const std::string& text) const {
    write(name + ".tmp", text);
    std::filesystem::rename(at(name + ".tmp"), at(name));
  }

 private:
  std::filesystem::path path_;
};

// A file with one router.
inline std::string router_file(const std::string& name, const std::string& host) {
  return "http:\n  routers:\n    " + name + ":\n      rule: Host(`" + host + "`)\n      service: s\n";
}

}  // namespace mooring::file
