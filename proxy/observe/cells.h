// Cells<T>: one T for each worker, each on cache lines of its own, so that counting costs no contended line.
//
// A worker writes its own cell only; anybody may read them all and add up. T's members are Count (below): the owner
// adds with a plain load and store, readers see a value that was true a moment ago. Made with the number of workers
// that was fixed at start.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace mooring::observe {

// A number with one writer and many readers.
class Count {
 public:
  void add(std::int64_t by = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  std::int64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

// The workers, and one more cell for the control loop (its own API connections, probes). Set once, before any Cells.
std::size_t cell_count();
void set_worker_count(std::size_t workers);

template <typename T>
class Cells {
 public:
  Cells() : count_(cell_count()), cells_(std::make_unique<Padded[]>(count_)) {}

  T& of(std::size_t worker) { return cells_[worker < count_ ? worker : count_ - 1].value; }

  // The sum over all cells of what `read` gives.
  template <typename Read>
  std::int64_t sum(Read read) const {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < count_; ++i) total += read(cells_[i].value);
    return total;
  }
  // The largest.
  template <typename Read>
  std::int64_t largest(Read read) const {
    std::int64_t most = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      const std::int64_t value = read(cells_[i].value);
      if (value > most) most = value;
    }
    return most;
  }

 private:
  struct alignas(64) Padded {
    T value;
  };
  std::size_t count_;
  std::unique_ptr<Padded[]> cells_;
};

}  // namespace mooring::observe
