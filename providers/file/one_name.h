// OneName: of several files that define one name, the first by its path has it: the others lose theirs, with a Problem.
//
// Remembers who defines what, so that a file that changes costs the names that came and went in it, whatever the others
// hold. Owned by the file table, on its thread. Source: Traefik's file provider, which keeps the first too.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "proxy/config/dynamic.h"

namespace mooring::file {

class OneName {
 public:
  // The file says `now` in the place of `before`; null: nothing. Gives the other files whose part that changes.
  std::set<std::string> say(const std::string& file, const config::FragmentPtr& before, const config::FragmentPtr& now);
  // What was said last of this file, or a copy without what files before it define.
  config::FragmentPtr first_come(config::FragmentPtr fragment) const;

 private:
  // The names of one kind.
  struct Names {
    std::unordered_map<std::string, std::string> owners;     // each, and the file that has it
    std::map<std::string, std::set<std::string>> contested;  // those of several files, and which these are
  };
  template <typename Map>
  static void change(Names& names, const std::string& file, const Map& before, const Map& now,
                     std::set<std::string>& others);
  static void claim(Names& names, const std::string& file, const std::string& name, std::set<std::string>& others);
  static void withdraw(Names& names, const std::string& file, const std::string& name, std::set<std::string>& others);
  template <typename Map>
  void drop_taken(std::size_t kind, Map& map, config::Fragment& fragment) const;

  std::array<Names, 4> kinds_;
};

}  // namespace mooring::file
