// FileTable: what each file said last, what is in force of it, and what the sink is to be told.
//
// A file is read when it has not changed for a while and nobody has it open for writing. What cannot be read leaves the
// last good version in force, with a Problem. A name that two files define is the first one's, by path. What is told
// is worked out for the files that changed, and those that share a name with them. Owned by the provider, on its
// thread.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "providers/file/listing.h"
#include "providers/file/one_name.h"
#include "providers/file/watch.h"
#include "proxy/config/dynamic_file.h"
#include "proxy/config/updates.h"

namespace mooring::file {

inline constexpr std::int64_t kMostBytes = 64 << 20;  // of one file; 50,000 routers have some ten million

struct Pace {
  std::chrono::milliseconds settle{50};       // without a change, before a file is read
  std::chrono::milliseconds patience{5'000};  // with one that is still open for writing, after its last change
  std::chrono::milliseconds poll{2'000};      // where no event is heard
};

class FileTable {
 public:
  using Clock = Watch::Clock;

  explicit FileTable(Pace pace) : pace_(pace) {}

  // Takes in what is there; reads what has settled. True when everything that is there was read.
  bool look(const Listing& listing, const Watch& watch);
  // Everything is to be read again, changed or not.
  void forget_stamps();
  // When the next look is worth it, at the latest.
  std::chrono::milliseconds next_look() const { return next_; }
  // What changed since the last call.
  config::Update update();

 private:
  struct Entry {
    std::string path;
    std::optional<Stamp> seen;     // at the last look
    std::optional<Stamp> applied;  // of the text that was read last
    Clock::time_point since;       // of `seen`, or since the file is missing
    bool missing = false;
    config::FragmentPtr good;   // the last that could be read
    std::string plain;          // its text, of a large file that was plain YAML (proxy/config/changed_file.h)
    config::Problems refusals;  // why the newest text is not in force
  };

  void note(Entry& entry, const FoundFile& found, Clock::time_point now) const;
  bool settled(const Entry& entry, const Watch& watch, Clock::time_point now);
  bool read(const std::string& name, Entry& entry);
  void take(const std::string& name, Entry& entry, std::string text);
  void refuse(const std::string& name, Entry& entry, std::string_view code, std::string text, std::string fix) const;
  void say(const std::string& name, Entry& entry, config::FragmentPtr now);
  config::FragmentPtr in_force(const std::string& name) const;

  Pace pace_;
  std::map<std::string, Entry> entries_;  // by name
  OneName names_;
  config::Problems listing_problems_;
  std::set<std::string> touched_;  // names of files whose part may be another now; "": what is wrong with the listing
  std::map<std::string, config::FragmentPtr> published_;
  std::chrono::milliseconds next_{0};
};

}  // namespace mooring::file
