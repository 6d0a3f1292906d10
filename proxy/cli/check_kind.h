// Which kind of configuration a text is, told by its first keys: a file's name says little. Pure; any thread.
#pragma once

#include <string_view>

#include "proxy/config/value_tree.h"

namespace mooring::cli {

enum class FileKind {
  unknown,
  empty,      // nothing in it: nothing is wrong with it
  options,    // static: entryPoints, providers, api …
  dynamic,    // http, tcp, udp, tls, mooring
  compose,    // services
  inspected,  // what `docker inspect` prints
};

FileKind kind_of(const config::ValueTree& tree);

}  // namespace mooring::cli
