// DrainBook: the orders of people that are in force, how far each is, and when it is over.
//
// Lives on the control loop, owned by the control plane; the registry keeps the endpoints' states, this minds the clock
// and what is left. A drain is over when no request is in flight, no tunnel is open and no session is pinned, twice in
// a row; at its deadline, when the tunnels that are left are closed. With a journal, orders outlive the process. For
// people: docs/endpoints.md.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "proxy/loop/deadline.h"
#include "proxy/loop/task_scope.h"
#include "proxy/observe/sessions.h"
#include "proxy/server/drain_journal.h"
#include "proxy/server/drain_orders.h"
#include "proxy/upstream/endpoint_registry.h"

namespace mooring::server {

class DrainBook {
 public:
  // `close_tunnels`: of that endpoint, on every worker.
  DrainBook(loop::EventLoop& loop, upstream::EndpointRegistry& registry, const observe::Sessions& sessions,
            std::function<void(const upstream::EndpointPtr&)> close_tunnels);

  // Before the first endpoint: takes up the orders of the last process, and writes down from here on what becomes of
  // them.
  void resume(DrainJournal& journal);
  // The engine has listed all its containers, stopped ones too: orders for others are void.
  void listed(const std::vector<std::string>& containers);

  DrainView order(const DrainTarget& target, std::chrono::milliseconds deadline);
  bool undo(const std::string& id);
  // The container is no more, and so are its order and those of its endpoints.
  void removed(const std::string& container_id);
  // Any thread.
  std::vector<DrainView> views() const;
  // Something of it still runs, and ends with an event of the loop.
  bool busy() const { return tasks_.size() != 0; }

 private:
  struct Order {
    DrainView view;
    std::uint64_t deadline_at_ms = 0;        // the loop's clock
    bool looked_empty = false;               // the last time
    std::uint64_t sessions_known_at_ms = 0;  // the loop's clock: before, there may be sessions that nobody has seen yet
  };

  static void look(void* context);
  void look_at(Order& order);
  DrainView counted(const DrainView& order);
  void close_tunnels_of(const std::string& id) const;
  void count_sessions();
  loop::Task<void> count_aside();
  void take(observe::Sessions::Counts counts, std::chrono::steady_clock::time_point begun);
  bool forget(const std::string& id);

  loop::EventLoop& loop_;
  upstream::EndpointRegistry& registry_;
  const observe::Sessions& sessions_;
  std::function<void(const upstream::EndpointPtr&)> close_tunnels_;
  loop::Deadline next_look_;
  observe::Sessions::Counts counts_;
  std::chrono::steady_clock::time_point next_count_;
  loop::TaskScope tasks_;
  DrainJournal* journal_ = nullptr;
  mutable std::mutex mutex_;  // for orders_: never on a request's path
  std::map<std::string, Order> orders_;
};

}  // namespace mooring::server
