#include "proxy/config/options_environment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

namespace mooring::config {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<ReadFailure> failure(int error) {
  const bool missing = error == ENOENT || error == ENOTDIR;
  return std::unexpected(ReadFailure{missing, std::generic_category().message(error)});
}

std::unexpected<ReadFailure> failure(std::string text) {
  return std::unexpected(ReadFailure{false, std::move(text)});
}

std::expected<std::string, ReadFailure> read_file(const std::string& path, std::size_t limit) {
  if (path.find('\0') != std::string::npos) return failure("its name holds a NUL byte");
  // O_NONBLOCK: opening a pipe without a writer would wait for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return failure(errno);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return failure(errno);
  if (S_ISDIR(status.st_mode)) {
    return failure("it is a directory (Docker makes one where the file of a bind mount does not exist on the host)");
  }
  if (!S_ISREG(status.st_mode)) return failure("it is no regular file");
  std::string content;
  std::string block(65536, '\0');
  while (true) {
    const ssize_t count = ::read(file.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(errno);
    if (count == 0) return content;
    content.append(block, 0, static_cast<std::size_t>(count));
    if (content.size() > limit) return failure("it is larger than " + std::to_string(limit / 1024) + " KiB");
  }
}

std::vector<std::string> process_variable_names() {
  std::vector<std::string> names;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

std::optional<std::string> process_variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nobody sets a variable
  if (value == nullptr) return std::nullopt;
  return std::string{value};
}

bool is_directory(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace

Environment system_environment() {
  return {read_file, process_variable, process_variable_names, is_directory};
}

}  // namespace mooring::config
