#include <catch2/catch_test_macros.hpp>
#include <string>

#include "proxy/config/access_fields.h"
#include "proxy/observe/access_fields.h"

namespace mooring::observe {
namespace {

TEST_CASE("every field that a line can show can be named in accessLog.fields.names") {
  for (int i = 0; i < static_cast<int>(AccessField::count); ++i) {
    const std::string name{access_field_name(static_cast<AccessField>(i))};
    INFO(name);
    CHECK(config::access_field(name) == name);
  }
}

}  // namespace
}  // namespace mooring::observe
