#include "proxy/loop/libuv_version.h"

#include <uv.h>

namespace mooring::loop {

const char* libuv_version() {
  return uv_version_string();
}

}  // namespace mooring::loop
