#include "proxy/config/dynamic.h"

namespace mooring::config {

std::string ServerConfig::url() const {
  const bool v6 = host.find(':') != std::string::npos;
  return scheme + "://" + (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string_view to_string(Strategy strategy) {
  switch (strategy) {
    case Strategy::wrr:
      return "wrr";
    case Strategy::p2c:
      return "p2c";
    case Strategy::hrw:
      return "hrw";
    case Strategy::leasttime:
      return "leasttime";
    case Strategy::leastconn:
      return "leastconn";
  }
  return "wrr";
}

}  // namespace mooring::config
