#include "proxy/server/exchange_cache.h"

#include <utility>

namespace mooring::server {

ExchangeCache::Loan ExchangeCache::take() {
  std::unique_ptr<http::Exchange> exchange;
  if (free_.empty()) {
    exchange = std::make_unique<http::Exchange>(loop_);
  } else {
    exchange = std::move(free_.back());
    free_.pop_back();
  }
  exchange->worker = worker_;
  exchange->pool = pool_;
  exchange->holds = holds_;
  return Loan(*this, std::move(exchange));
}

void ExchangeCache::give(std::unique_ptr<http::Exchange> exchange) {
  exchange->reset();
  if (free_.size() < kKept) free_.push_back(std::move(exchange));
}

}  // namespace mooring::server
