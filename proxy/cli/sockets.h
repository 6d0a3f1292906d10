// The sockets of the proxy, bound by main while it still may bind low ports: entry points for each worker, and control.
//
// Workers share an address with SO_REUSEPORT; another process must not, unless the entry point has reusePort. So each
// address is first taken without that option, which fails where anybody listens, and only then bound for the workers.
// Main thread, before the first other thread is made. Source: socket(7), SO_REUSEPORT.
#pragma once

#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proxy/config/options.h"
#include "proxy/config/problem.h"
#include "proxy/server/drain_journal.h"
#include "proxy/server/worker.h"

namespace mooring::cli {

using SocketsByWorker = std::vector<std::vector<server::BoundEntryPoint>>;

// One socket a worker for each address of each entry point; `options` must outlive them. The error is for people.
std::expected<SocketsByWorker, std::string> bind_entry_points(const config::Options& options, std::size_t workers);

// The control socket, with its directory. Without it the proxy works all the same: then there is a Problem.
struct ControlSocket {
  std::optional<loop::ListenSocket> socket;
  std::optional<config::Problem> problem;
  std::unique_ptr<server::DrainJournal> journal;  // beside the socket, and only with it: this process alone has it
};
ControlSocket bind_control_socket(const config::Options& options);

// All addresses of an entry point, its first one first, as text: "10.0.0.1:80", "[fd00::5]:80", "*:80".
std::vector<std::string> addresses_of(const config::EntryPointOptions& entry_point);

}  // namespace mooring::cli
