// ExchangeCache: the exchanges of one worker, used again and again. An idle connection holds none.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "proxy/http/exchange.h"

namespace mooring::server {

class ExchangeCache {
 public:
  static constexpr std::size_t kKept = 256;

  ExchangeCache(loop::EventLoop& loop, std::uint32_t worker, upstream::ConnectionPool* pool,
                upstream::HoldQueue* holds = nullptr)
      : loop_(loop), worker_(worker), pool_(pool), holds_(holds) {}

  class Loan {
   public:
    Loan(ExchangeCache& cache, std::unique_ptr<http::Exchange> exchange)
        : cache_(cache), exchange_(std::move(exchange)) {}
    ~Loan() { cache_.give(std::move(exchange_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    http::Exchange& operator*() const { return *exchange_; }

   private:
    ExchangeCache& cache_;
    std::unique_ptr<http::Exchange> exchange_;
  };
  Loan take();

 private:
  void give(std::unique_ptr<http::Exchange> exchange);

  loop::EventLoop& loop_;
  std::uint32_t worker_;
  upstream::ConnectionPool* pool_;
  upstream::HoldQueue* holds_;
  std::vector<std::unique_ptr<http::Exchange>> free_;
};

}  // namespace mooring::server
