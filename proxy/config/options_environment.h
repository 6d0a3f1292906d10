// The little of the operating system that options are read from: files and environment variables.
//
// A value of functions, so that tests need no real file. It does not look for anything: options_file knows where.
// Used by the main thread, before any other thread runs.
#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace mooring::config {

struct ReadFailure {
  bool missing = false;  // there is no such file: the search goes on
  std::string text;      // what is wrong, for people: "permission denied"
};

struct Environment {
  // The content of a regular file of at most `limit` bytes.
  std::function<std::expected<std::string, ReadFailure>(const std::string& path, std::size_t limit)> read_file;
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::function<std::vector<std::string>()> variable_names;
  std::function<bool(const std::string& path)> is_directory{};  // unset: there is none
};

// The process's own. Never waits: what is no regular file (a pipe, a device) is refused.
Environment system_environment();

}  // namespace mooring::config
