// OneName: of several files that define one name, the first has it: the others lose theirs, with a Problem.
//
// Fed with the fragments in the order of their paths. Used for one pass; any thread. Source: Traefik's file provider,
// which keeps the first too.
#pragma once

#include <map>
#include <string>

#include "proxy/config/dynamic.h"

namespace mooring::file {

class OneName {
 public:
  // The fragment itself, or a copy without what earlier ones defined.
  config::FragmentPtr first_come(config::FragmentPtr fragment);

 private:
  std::map<std::string, std::string> owners_;  // "router web" → the file's name
};

}  // namespace mooring::file
