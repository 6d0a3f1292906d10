#include "proxy/http/field_collector.h"

namespace mooring::http {

bool FieldCollector::complete() {
  if (++count_ > limit_) return false;
  if (into_ != nullptr) {
    // Blanks before a value are the parser's business, those behind it are left to us (RFC 9112 section 5.1).
    while (!value_.empty() && (value_.back() == ' ' || value_.back() == '\t')) value_.remove_suffix(1);
    into_->add(name_, value_);
  }
  name_ = value_ = {};
  return true;
}

}  // namespace mooring::http
