#include "proxy/cli/log_files.h"

#include <utility>

#include "proxy/config/problem_codes.h"
#include "proxy/observe/log.h"

namespace mooring::cli {

LogFiles::LogFiles(const config::Options& options)
    : application_(open(options.log.file_path, "log.filePath")),
      access_(open(options.access_log.enabled ? options.access_log.file_path : "", "accessLog.filePath")) {}

observe::LogFile LogFiles::open(const std::string& path, std::string_view key) {
  auto file = observe::LogFile::open(path);
  if (file) return std::move(*file);
  config::Problem problem;
  problem.code = config::code::kLogFile;
  problem.where = "mooring";
  problem.key = key;
  problem.text = file.error();
  problem.in_force = "its lines go to standard output";
  problem.fix = "make the directory, writable for this process, or leave the option out";
  problems_.push_back(std::move(problem));
  return std::move(*observe::LogFile::open({}));
}

void LogFiles::reopen() const {
  for (const observe::LogFile* file : {&application_, &access_}) {
    if (const auto failed = file->reopen()) observe::log_error("{}", *failed);
  }
  observe::log_info("SIGUSR1: log files opened again");
}

}  // namespace mooring::cli
