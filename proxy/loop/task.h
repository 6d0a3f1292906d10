// Task<T>: a coroutine that is awaited once by its parent and gives it a T.
//
// It starts when it is awaited and runs on the caller's stack until it has to wait. If it never waits, its parent never
// suspends either: a million ready awaits cost no stack. A suspended frame is never destroyed: to cancel is to close
// what is waited for, and the task then unwinds by ordinary returns. Owned by the expression that awaits it (or by a
// TaskScope). One loop, one thread. An exception travels to the parent; it means a bug.
#pragma once

#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

#include "proxy/loop/frame_pool.h"

namespace mooring::loop {

template <typename T>
class Task;

namespace detail {

struct PromiseFrame {
  static void* operator new(std::size_t bytes) { return take_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { give_frame(frame, bytes); }
};

struct FinalAwaiter {
  bool await_ready() const noexcept { return false; }
  template <typename Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> task) const noexcept {
    // No continuation: the task came to its end while its parent was still starting it, and goes on by itself.
    std::coroutine_handle<> parent = task.promise().continuation;
    return parent ? parent : std::noop_coroutine();
  }
  void await_resume() const noexcept {}
};

struct TaskPromise : PromiseFrame {
  std::coroutine_handle<> continuation;
  std::exception_ptr exception;

  std::suspend_always initial_suspend() const noexcept { return {}; }
  FinalAwaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <typename T>
struct ValuePromise : TaskPromise {
  std::optional<T> value;

  Task<T> get_return_object() noexcept;
  template <typename U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (exception) std::rethrow_exception(exception);
    // A coroutine that has ended without an exception has returned. NOLINTNEXTLINE(bugprone-unchecked-optional-access)
    return std::move(*value);
  }
};

struct VoidPromise : TaskPromise {
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const {
    if (exception) std::rethrow_exception(exception);
  }
};

template <typename T>
struct PromiseOf {
  using type = ValuePromise<T>;
};
template <>
struct PromiseOf<void> {
  using type = VoidPromise;
};

}  // namespace detail

template <typename T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = typename detail::PromiseOf<T>::type;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  struct Awaiter {
    Handle handle;

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> parent) const {
      handle.resume();
      if (handle.done()) return false;
      handle.promise().continuation = parent;
      return true;
    }
    T await_resume() const { return handle.promise().take(); }
  };
  Awaiter operator co_await() && noexcept { return Awaiter{handle_}; }

 private:
  Handle handle_;
};

namespace detail {

template <typename T>
Task<T> ValuePromise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<ValuePromise<T>>::from_promise(*this));
}

inline Task<void> VoidPromise::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<VoidPromise>::from_promise(*this));
}

}  // namespace detail

}  // namespace mooring::loop
