#include "proxy/observe/log_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace mooring::observe {
namespace {

constexpr mode_t kMode = 0640;  // lines hold addresses and paths of people

int open_to_append(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, kMode);
}

std::string failed(const std::string& path) {
  return "cannot open the log file " + path + ": " + std::generic_category().message(errno);
}

}  // namespace

std::expected<LogFile, std::string> LogFile::open(const std::string& path) {
  if (path.empty()) return LogFile(STDOUT_FILENO, {});
  const int descriptor = open_to_append(path);
  if (descriptor < 0) return std::unexpected(failed(path));
  return LogFile(descriptor, path);
}

LogFile::LogFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}

LogFile::LogFile(LogFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

LogFile& LogFile::operator=(LogFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

LogFile::~LogFile() {
  if (descriptor_ >= 0 && !path_.empty()) ::close(descriptor_);
}

std::optional<std::string> LogFile::reopen() const {
  if (path_.empty()) return std::nullopt;
  const int fresh = open_to_append(path_);
  if (fresh < 0) return failed(path_) + "; what was open is still written to";
  const int replaced = ::dup3(fresh, descriptor_, O_CLOEXEC);
  std::optional<std::string> error;
  if (replaced < 0) error = failed(path_);
  ::close(fresh);
  return error;
}

}  // namespace mooring::observe
