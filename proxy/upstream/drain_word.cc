#include "proxy/upstream/drain_word.h"

#include "proxy/http/hop_by_hop.h"

namespace mooring::upstream {

bool take_drain_word(http::ResponseHead& head) {
  bool drains = false;
  head.fields.remove_if([&drains](const http::Field& field) {
    if (field.id != http::FieldId::other || !http::equal_ignoring_case(field.name, http::kDrainField)) return false;
    drains = drains || (field.value != "0" && !http::equal_ignoring_case(field.value, "false"));
    return true;
  });
  return drains;
}

}  // namespace mooring::upstream
