// Puts field names and values together that arrive in pieces, as views into the arena, and adds them to a HeaderMap.
//
// The part of both parsers that is the same and needs no parser library. Owned by a parser, one thread. It counts
// fields but checks no meaning: framing.h does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proxy/http/header_map.h"

namespace mooring::http {

class FieldCollector {
 public:
  // Without a map, fields are counted and dropped.
  void start(HeaderMap* into, std::size_t limit) {
    into_ = into;
    limit_ = limit;
    count_ = 0;
    name_ = value_ = {};
  }

  void name_piece(std::string_view piece) { name_ = extend(name_, piece); }
  void value_piece(std::string_view piece) { value_ = extend(value_, piece); }
  // The field is complete. False: one more than allowed.
  bool complete();

 private:
  std::string_view extend(std::string_view so_far, std::string_view piece) const {
    if (into_ == nullptr) return {};
    return so_far.empty() ? into_->arena().copy(piece) : into_->arena().append(so_far, piece);
  }

  HeaderMap* into_ = nullptr;
  std::size_t limit_ = 0;
  std::size_t count_ = 0;
  std::string_view name_;
  std::string_view value_;
};

}  // namespace mooring::http
