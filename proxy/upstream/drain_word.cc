#include "proxy/upstream/drain_word.h"

#include "proxy/http/header_map.h"

namespace mooring::upstream {

bool take_drain_word(http::ResponseHead& head) {
  bool there = false;
  bool drains = false;
  for (const http::Field& field : head.fields) {
    if (field.id != http::FieldId::x_mooring_drain) continue;
    there = true;
    drains = drains || (field.value != "0" && !http::equal_ignoring_case(field.value, "false"));
  }
  if (there) head.fields.remove(http::FieldId::x_mooring_drain);
  return drains;
}

}  // namespace mooring::upstream
