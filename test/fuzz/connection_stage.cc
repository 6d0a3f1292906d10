#include "test/fuzz/connection_stage.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

#include "proxy/config/merge.h"
#include "proxy/http/held_bytes.h"
#include "proxy/routing/snapshot_builder.h"
#include "proxy/upstream/affinity.h"

namespace mooring::test {
namespace {

// Rounds of the loop in which nothing moves, before it is taken to stand still: what is posted takes one or two.
constexpr int kStillRounds = 6;
constexpr int kMostRounds = 200'000;

[[noreturn]] void bug(const char* what) {
  std::fprintf(stderr, "connection stage: %s\n", what);
  std::abort();
}

config::Options one_entry_point() {
  config::Options options;
  options.entry_points["web"].name = "web";
  return options;
}

// Everything leads to one sticky service with one endpoint, which is ready.
routing::SnapshotPtr table(const config::Options& options) {
  config::Fragment fragment;
  fragment.id = fragment.origin.container_id = "a-1";
  fragment.origin.label = "shop/a-1";
  config::RouterConfig router;
  router.rule = "PathPrefix(`/`)";
  router.service = "a";
  fragment.routers.emplace("a", router);
  config::ServerConfig server;
  server.id = "a-1:80";
  server.host = "127.0.0.1";
  server.port = 80;
  config::ServiceConfig service;
  service.servers.push_back(server);
  service.sticky.emplace().cookie.name = "pin";
  fragment.services.emplace("a", service);
  const std::vector<config::FragmentPtr> fragments{std::make_shared<const config::Fragment>(fragment)};
  const config::Merged merged =
      config::merge(fragments, [](const config::Fragment&) { return config::Readiness::ready; });
  const std::vector<routing::InternalRoute> no_routes;
  const routing::InternalServices no_services;
  return routing::build_snapshot({.merged = merged,
                                  .fragments = fragments,
                                  .setup = {.options = options,
                                            .internal_routes = no_routes,
                                            .internal_services = no_services,
                                            .endpoint =
                                                [](const config::MergedServer& made) {
                                                  auto endpoint = std::make_shared<upstream::Endpoint>(
                                                      made.config.id, upstream::sha256_head(made.config.id));
                                                  endpoint->set_state(upstream::EndpointState::ready, "made so");
                                                  return endpoint;
                                                },
                                            .sole_owner = [](const config::MergedServer&) { return true; },
                                            .sessions = nullptr}});
}

}  // namespace

struct ConnectionStage::End {
  std::unique_ptr<loop::PipeStream> stream;
  std::string heard;
  std::size_t said = 0;
  bool asked = false;   // a byte has come, or its end
  bool spoken = false;  // speak() was begun
};

ConnectionStage::ConnectionStage()
    : pool_(loop_, 0),
      exchanges_(loop_, 0, &pool_, &holds_),
      options_(one_entry_point()),
      slot_([](const routing::SnapshotPtr&) {}),
      handler_(slot_, 0),
      gate_(loop_, {}, 0),
      group_{.loop = loop_,
             .exchanges = exchanges_,
             .options = options_.entry_points.at("web"),
             .root = handler_,
             .limits = limits_,
             .own_hostname = "proxy",
             .gate = &gate_,
             .target = http::target_policy(options_.entry_points.at("web"))},
      tasks_(loop_) {
  gate_.watch(group_);
  slot_.adopt(table(options_));
  pool_.open_by([this](const loop::SocketAddress&) { return open(); });
}

ConnectionStage::~ConnectionStage() = default;

loop::Task<void> ConnectionStage::speak(End& end, std::string_view bytes, const Play& play, bool is_client) {
  const std::size_t piece = play.byte_by_byte ? 1 : std::max<std::size_t>(bytes.size(), 1);
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const loop::Io io = co_await end.stream->write(bytes.substr(at, piece));
    if (io != loop::Io::ok) co_return;
    end.said += piece;
  }
  if (is_client && play.client_resets) {
    end.stream->close(true);
  } else if (is_client) {
    end.stream->shutdown_write();
  } else if (play.upstream_closes) {
    end.stream->close();
  }
}

loop::Task<void> ConnectionStage::hear(End& end) {
  while (true) {
    const loop::Io io = co_await end.stream->readable();
    if (io != loop::Io::ok) break;
    end.asked = true;
    end.heard += end.stream->buffered();
    end.stream->consume(end.stream->buffered().size());
  }
  // Whoever has said all it had to say goes when the other side goes.
  end.asked = true;
  end.stream->shutdown_write();
}

upstream::Opened ConnectionStage::open() {
  auto [theirs, ours] = loop::PipeStream::make(loop_);
  upstreams_.push_back(std::make_unique<End>());
  End& end = *upstreams_.back();
  end.stream = std::move(theirs);
  tasks_.spawn(hear(end));
  if (play_->upstream_first) tasks_.spawn(speak(end, play_->upstream, *play_, false));
  return std::move(ours);
}

std::size_t ConnectionStage::progress() const {
  std::size_t sum = tasks_.size() + client_->said + client_->heard.size();
  for (const auto& end : upstreams_) sum += 1 + end->said + end->heard.size();
  return sum;
}

void ConnectionStage::run_until_still() {
  int still = 0;
  for (int round = 0; still < kStillRounds; ++round) {
    if (round == kMostRounds) bug("it never stands still");
    const std::size_t before = progress();
    loop_.run_once(false);
    if (!play_->upstream_first) {
      for (std::size_t i = 0; i < upstreams_.size(); ++i) {
        End& end = *upstreams_[i];
        if (!end.asked || std::exchange(end.spoken, true)) continue;
        tasks_.spawn(speak(end, play_->upstream, *play_, false));
      }
    }
    still = progress() == before ? still + 1 : 0;
  }
}

// Both scripts are over. What still waits, waits for a peer that has nothing more to say: it must end when that goes.
// Requests that wait behind the present one open further upstream connections, which go too.
void ConnectionStage::settle() {
  run_until_still();
  for (std::size_t gone = 0; gone != upstreams_.size();) {
    gone = upstreams_.size();
    for (const auto& end : upstreams_) end->stream->close(true);
    run_until_still();
  }
  client_->stream->close(true);
  run_until_still();
  if (tasks_.size() != 0) bug("the connection does not end although both its peers are gone");
}

Outcome ConnectionStage::play(const Play& play) {
  play_ = &play;
  auto [theirs, ours] = loop::PipeStream::make(loop_);
  client_ = std::make_unique<End>();
  client_->stream = std::move(theirs);
  tasks_.spawn(server::Connection::serve(group_, std::move(ours), "192.0.2.1", 40'000));
  tasks_.spawn(hear(*client_));
  tasks_.spawn(speak(*client_, play.client, play, true));
  settle();
  Outcome outcome;
  outcome.to_client = std::move(client_->heard);
  for (const auto& end : upstreams_) outcome.to_upstream.push_back(std::move(end->heard));
  client_.reset();
  upstreams_.clear();
  pool_.drop_all();
  if (group_.connections != 0 || group_.busy.get() != 0) bug("a connection is left");
  if (loop_.slabs().lent() != 0) bug("a read buffer is left");
  if (http::held_bytes != 0) bug("an exchange's memory is left");
  return outcome;
}

}  // namespace mooring::test
