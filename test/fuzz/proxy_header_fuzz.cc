// The PROXY protocol's header: any bytes end it as done or failed within its limits, whole as byte by byte, and not one
// byte behind the header is taken.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "proxy/http/proxy_protocol.h"

namespace {

using namespace mooring;

void require(bool what) {
  if (!what) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  http::ProxyHeaderParser whole;
  const http::Parsed parsed = whole.feed(bytes);
  require(parsed.consumed <= size);
  require(parsed.consumed <= http::ProxyHeaderParser::kMaxBlock + 16);

  http::ProxyHeaderParser pieces;
  http::Parsed last;
  std::size_t taken = 0;
  do {
    if (taken == size) break;
    last = pieces.feed(bytes.substr(taken, 1));
    require(last.consumed == 1 || last.state != http::ParseState::more);
    taken += last.consumed;
  } while (last.state == http::ParseState::more);
  if (size != 0) require(last.state == parsed.state);
  if (parsed.state == http::ParseState::done) require(taken == parsed.consumed);
  require(whole.source() == pieces.source());
  require((parsed.state == http::ParseState::failed) == !whole.failure().empty());
  require(whole.failure() == pieces.failure());
  return 0;
}
