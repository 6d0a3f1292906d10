// PipeStream: a Stream whose other end is in this process: what one end writes, the other end reads.
//
// Made in pairs; each end has its own owner and either may go first. For tunnels that end here (the WebSocket echo of
// `mooring whoami`) and, in tests, in place of a socket. Nothing is copied but into the reader's buffer, so a reader
// that does not read stops the writer as a socket would. Both ends belong to one loop, one thread; bytes are delivered
// from the loop, never on the writer's stack. It needs no descriptor and does not keep the loop alive.
#pragma once

#include <memory>
#include <utility>

#include "proxy/loop/stream.h"

namespace mooring::loop {

class PipeStream final : public Stream {
 public:
  using Pair = std::pair<std::unique_ptr<PipeStream>, std::unique_ptr<PipeStream>>;
  static Pair make(EventLoop& loop);

  ~PipeStream() override;

  void shutdown_write() override;
  // A soft close is read as `end` at the other end, a hard one as `reset`.
  void close(bool hard = false) override;

 protected:
  Io try_write(Pieces& pieces) override;
  void start_write(const Pieces& pieces) override;
  void resume_reading() override;

 private:
  struct Ends;    // who is still there; shared by both
  struct Errand;  // a coroutine of its own that delivers from the loop

  PipeStream(EventLoop& loop, std::shared_ptr<Ends> ends, int side);
  static Errand deliver(EventLoop& loop, std::shared_ptr<Ends> ends, int from);
  void deliver_soon();
  void deliver_to(PipeStream& reader);
  PipeStream* other() const;

  std::shared_ptr<Ends> ends_;
  int side_;
  Pieces pieces_{};  // what is being written
  bool writing_ = false;
  bool fin_ = false;  // nothing more will be written
  bool fin_delivered_ = false;
};

}  // namespace mooring::loop
