// PayloadBody: `size` bytes of "|ABC…XYZ-…|", made as they are asked for: any size in no memory. For `mooring whoami`'s
// /data, with the bytes of traefik/whoami, so that checksums can be compared. One loop, one thread.
#pragma once

#include <cstdint>

#include "proxy/http/body.h"

namespace mooring::cli {

class PayloadBody final : public http::Body {
 public:
  explicit PayloadBody(std::uint64_t size) : size_(size) {}
  bool try_read(http::BodyRead& piece) override;
  loop::Task<http::BodyRead> read() override;

 private:
  std::uint64_t size_;
  std::uint64_t at_ = 0;
};

}  // namespace mooring::cli
