// Handler and Middleware: the two interfaces that answer requests, and Next, which joins them.
//
// Both are immutable once built: one object serves all requests of all workers. Network trouble is not thrown: it
// arrives as Response::failure. An exception means a bug and is caught by the connection.
#pragma once

#include <memory>
#include <span>

#include "proxy/http/exchange.h"
#include "proxy/http/response.h"
#include "proxy/loop/task.h"

namespace mooring::http {

// The end of a chain: a service, or an answer of our own.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual loop::Task<Response> handle(Exchange& exchange) const = 0;
};

class Middleware;
using MiddlewarePtr = std::shared_ptr<const Middleware>;

// What comes after a middleware: the rest of the chain. A value, cheap to copy; the chain outlives the exchange.
class Next {
 public:
  Next(std::span<const MiddlewarePtr> rest, const Handler& last) : rest_(rest), last_(&last) {}
  loop::Task<Response> operator()(Exchange& exchange) const;

 private:
  std::span<const MiddlewarePtr> rest_;
  const Handler* last_;
};

// One step around a request.
class Middleware {
 public:
  virtual ~Middleware() = default;
  // Answers `exchange`, usually by asking `next` and then changing what it returns. May ask more than once.
  virtual loop::Task<Response> handle(Exchange& exchange, Next next) const = 0;
};

inline loop::Task<Response> Next::operator()(Exchange& exchange) const {
  if (rest_.empty()) return last_->handle(exchange);
  return rest_.front()->handle(exchange, Next(rest_.subspan(1), *last_));
}

}  // namespace mooring::http
