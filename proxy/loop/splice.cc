#include "proxy/loop/splice.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace mooring::loop {
namespace {

// A piece of a socket's queue takes one slot of the pipe, however small it is: sixteen, the usual, are full too soon.
constexpr int kPipeBytes = 1 << 20;

// Errors of the call, not of the socket.
bool says_nothing(int error) {
  return error == EAGAIN || error == EINTR || error == EINVAL || error == ENOSYS || error == ENOMEM;
}

std::size_t taken_by(ssize_t result) {
  return static_cast<std::size_t>(std::max<ssize_t>(result, 0));
}

}  // namespace

Splice::~Splice() {
  for (const int end : pipe_) {
    if (end >= 0) ::close(end);
  }
}

bool Splice::ready() {
  if (pipe_[0] >= 0) return inside_ == 0;
  if (::pipe2(pipe_.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    pipe_ = {-1, -1};
    return false;
  }
  ::fcntl(pipe_[1], F_SETPIPE_SZ, kPipeBytes);  // without it: smaller steps
  return true;
}

Splice::Moved Splice::move(int from, int to, std::size_t most) {
  Moved moved;
  constexpr unsigned kFlags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
  const ssize_t taken = ::splice(from, nullptr, pipe_[1], nullptr, most, kFlags);
  if (taken < 0 && !says_nothing(errno)) moved.broken = from_uv(-errno);
  moved.taken = taken_by(taken);
  while (moved.sent < moved.taken) {
    const std::size_t sent = taken_by(::splice(pipe_[0], nullptr, to, nullptr, moved.taken - moved.sent, kFlags));
    if (sent == 0) break;  // full, or broken: whoever writes the rest sees which
    moved.sent += sent;
  }
  inside_ = moved.taken - moved.sent;
  return moved;
}

std::size_t Splice::take_rest(char* room, std::size_t bytes) {
  const std::size_t taken = taken_by(::read(pipe_[0], room, std::min(bytes, inside_)));
  inside_ -= taken;
  return taken;
}

}  // namespace mooring::loop
