#include "providers/file/provider.h"

#include <pthread.h>

#include <set>
#include <string>
#include <utility>

namespace mooring::file {

FileProvider::FileProvider(config::FileOptions options, Pace pace) : options_(std::move(options)), pace_(pace) {}

FileProvider::~FileProvider() {
  stop();
}

void FileProvider::start(providers::Sink& sink) {
  thread_ = std::thread([this, &sink] {
    pthread_setname_np(pthread_self(), "file");
    run(sink);
  });
}

void FileProvider::stop() {
  stopping_.store(true);
  watch_.ring();
  if (thread_.joinable()) thread_.join();
}

void FileProvider::reload() {
  reload_.store(true);
  watch_.ring();
}

void FileProvider::run(providers::Sink& sink) {
  FileTable table(pace_);
  std::set<std::string> watched;
  bool synced = false;
  bool following = true;
  while (!stopping_.load()) {
    if (reload_.exchange(false)) {
      following = true;
      table.forget_stamps();
    }
    if (following) {
      Listing listing = list_files(options_);
      watch_.set(listing.watched);
      // What changed before it was watched made no sound.
      if (listing.watched != watched) watched = listing.watched, listing = list_files(options_);
      const bool all = table.look(listing, watch_);
      config::Update update = table.update();
      update.synced = synced || all;
      if (!update.changed.empty() || !update.removed.empty() || (all && !synced)) sink.publish(std::move(update));
      synced = synced || all;
      following = options_.watch || !all;
    }
    // Unwatched and read: only the bell is waited for.
    watch_.wait(following ? table.next_look() : std::chrono::hours(1));
  }
}

}  // namespace mooring::file
