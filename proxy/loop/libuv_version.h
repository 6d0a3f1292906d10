// The version of libuv at run time, for `mooring version`. Any thread.
#pragma once

namespace mooring::loop {

const char* libuv_version();

}  // namespace mooring::loop
