#include "proxy/cli/sockets.h"

#include <filesystem>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "proxy/config/problem_codes.h"

namespace mooring::cli {
namespace {

std::string shown_as(const config::ListenAddress& address) {
  return (address.host.empty() ? "*" : "") + config::to_text(address);
}

// One address of one entry point.
struct Wanted {
  std::size_t index;  // of the entry point
  const config::EntryPointOptions* entry_point;
  config::ListenAddress where;
  loop::SocketAddress address;

  std::string failed(const std::string& why) const { return "entry point " + entry_point->name + ": " + why; }
};

std::expected<std::vector<Wanted>, std::string> wanted_addresses(const config::Options& options) {
  std::vector<Wanted> all;
  std::map<std::string, std::string> taken;
  std::size_t index = 0;
  for (const auto& [name, entry_point] : options.entry_points) {
    for (const config::ListenAddress& where : config::listen_addresses(entry_point)) {
      const auto address = loop::SocketAddress::from_ip(where.host, where.port);
      if (!address) {
        return std::unexpected("entry point " + name + ": \"" + where.host +
                               "\" is no IP address: write the address of an interface, or none for all of them");
      }
      const auto [first, fresh] = taken.try_emplace(address->to_string(), name);
      if (!fresh && where.port != 0) {
        return std::unexpected("entry point " + name + ": " + shown_as(where) + " is listened on by entry point " +
                               first->second + " already");
      }
      all.push_back({.index = index, .entry_point = &entry_point, .where = where, .address = *address});
    }
    ++index;
  }
  return all;
}

// Held together, so that overlapping addresses of one configuration ("*:80" and "10.0.0.1:80") are found too.
std::optional<std::string> somebody_listens(const std::vector<Wanted>& all) {
  std::vector<loop::ListenSocket> held;
  for (const Wanted& wanted : all) {
    if (wanted.entry_point->reuse_port || wanted.where.port == 0) continue;
    auto alone = loop::ListenSocket::take_alone(wanted.address);
    if (!alone) return wanted.failed(alone.error());
    held.push_back(std::move(*alone));
  }
  return std::nullopt;
}

}  // namespace

std::expected<SocketsByWorker, std::string> bind_entry_points(const config::Options& options, std::size_t workers) {
  auto all = wanted_addresses(options);
  if (!all) return std::unexpected(all.error());
  if (auto taken = somebody_listens(*all)) return std::unexpected(std::move(*taken));
  SocketsByWorker by_worker(workers);
  for (Wanted& wanted : *all) {
    for (std::vector<server::BoundEntryPoint>& worker : by_worker) {
      auto socket = loop::ListenSocket::bind_tcp(wanted.address);
      if (!socket) return std::unexpected(wanted.failed(socket.error()));
      // With port 0 every worker must share the port that the first one got.
      wanted.address = socket->address();
      worker.push_back({.index = wanted.index, .options = wanted.entry_point, .socket = std::move(*socket)});
    }
  }
  return by_worker;
}

ControlSocket bind_control_socket(const config::Options& options) {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(options.control_socket).parent_path(), ignored);
  ControlSocket control;
  auto socket = loop::ListenSocket::bind_unix(options.control_socket, 0600);
  if (socket) {
    control.socket.emplace(std::move(*socket));
    control.journal = std::make_unique<server::DrainJournal>(
        std::filesystem::path(options.control_socket).replace_extension(".drains").string());
    return control;
  }
  // The proxy's work does not depend on it: go on, and say so.
  config::Problem problem;
  problem.code = config::code::kControlSocket;
  problem.severity = config::Severity::warning;
  problem.where = "mooring";
  problem.key = "controlSocket";
  problem.text = socket.error();
  problem.in_force = "`mooring status` and `mooring healthcheck` cannot reach this process";
  problem.fix = "make the directory writable (tmpfs: /run/mooring in Compose), or set controlSocket to another path";
  control.problem = std::move(problem);
  return control;
}

std::vector<std::string> addresses_of(const config::EntryPointOptions& entry_point) {
  std::vector<std::string> texts;
  for (const config::ListenAddress& address : config::listen_addresses(entry_point)) texts.push_back(shown_as(address));
  return texts;
}

}  // namespace mooring::cli
