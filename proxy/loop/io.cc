#include "proxy/loop/io.h"

#include <uv.h>

namespace mooring::loop {

std::string_view to_string(Io io) {
  switch (io) {
    case Io::ok:
      return "ok";
    case Io::end:
      return "closed by the peer";
    case Io::canceled:
      return "canceled";
    case Io::reset:
      return "connection reset";
    case Io::refused:
      return "connection refused";
    case Io::unreachable:
      return "no route to host";
    case Io::timeout:
      return "timed out";
    case Io::resources:
      return "out of descriptors, ports or memory";
    case Io::other:
      return "input/output error";
  }
  return "unknown";
}

Io from_uv(int status) {
  if (status >= 0) return Io::ok;
  switch (status) {
    case UV_EOF:
      return Io::end;
    case UV_ECANCELED:
      return Io::canceled;
    case UV_ECONNRESET:
    case UV_EPIPE:
    case UV_ECONNABORTED:
    case UV_ESHUTDOWN:
      return Io::reset;
    case UV_ECONNREFUSED:
    case UV_ENOENT:
      return Io::refused;
    case UV_EHOSTUNREACH:
    case UV_ENETUNREACH:
    case UV_ENETDOWN:
    case UV_EHOSTDOWN:
      return Io::unreachable;
    case UV_ETIMEDOUT:
      return Io::timeout;
    case UV_EMFILE:
    case UV_ENFILE:
    case UV_ENOMEM:
    case UV_ENOBUFS:
    case UV_EADDRNOTAVAIL:
      return Io::resources;
    default:
      return Io::other;
  }
}

}  // namespace mooring::loop
