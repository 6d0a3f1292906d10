#include "proxy/config/dynamic.h"

namespace mooring::config {

std::string ServerConfig::url() const {
  const bool v6 = host.find(':') != std::string::npos;
  return scheme + "://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace mooring::config
