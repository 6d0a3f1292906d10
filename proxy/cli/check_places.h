// Where in the files a Problem belongs: from the container and the key that it names to file and line of the label.
//
// A Problem of a container speaks of a label, of a key that is missing, or of a router, service or middleware of the
// table; the nearest label there is gives the line, else the service's own. Pure; any thread.
#pragma once

#include <map>
#include <string>

#include "proxy/cli/check.h"
#include "proxy/config/compose.h"

namespace mooring::cli {

class Places {
 public:
  // `label`: what Problems call the container, "shop/web-1".
  void add(const std::string& label, const config::ComposeService& service) { services_[label] = &service; }

  Finding place(config::Problem problem) const;

 private:
  std::map<std::string, const config::ComposeService*> services_;
};

// "compose.yaml:12" → the file and the line; a text without a line is of no file.
Finding at_place(std::string_view where, config::Problem problem);

// A Problem whose `where` is file and line already: of options, of compose files, of the file provider.
Finding at_own_place(const config::Problem& problem);

}  // namespace mooring::cli
