#include "proxy/http/exchange.h"

#include <cassert>

namespace mooring::http {

void Exchange::reset() {
  assert(tasks.size() == 0);
  if (at_end_ != nullptr) at_end_(end_context_);
  at_end_ = nullptr;
  arena.clear();
  request = RequestHead(arena);
  body.reset(nullptr);
  request_sent = false;
  peer = nullptr;
  interim = nullptr;
  stall_ms = 0;
  preferred = {};
  affinity_of = nullptr;
  answered = {};
  successor.reset();
  router = service = server_url = user = {};
  origin = {};
  retries = 0;
  started_ms = 0;
  canceled_ = {};
  on_cancel_ = nullptr;
  cancel_context_ = nullptr;
}

}  // namespace mooring::http
