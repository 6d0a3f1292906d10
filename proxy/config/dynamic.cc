#include "proxy/config/dynamic.h"

#include "proxy/config/ip.h"

namespace mooring::config {

std::string ServerConfig::url() const {
  return scheme + "://" + host_port(host, port);
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
