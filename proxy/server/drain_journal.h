// DrainJournal: people's drain orders in a file beside the control socket, so that they outlive the process.
//
// One line for each thing that happened to an order, appended; the last line of an order counts. What cannot be read (a
// line that was cut short) is passed over. Opened while the process may still do so, before it gives up root; used on
// the control loop. A file that has grown large is begun anew. Lines go to the page cache, and nothing waits for the
// disk: orders survive the process, whatever ended it, not the machine's power. A line is the state, the id, since when
// and until when in milliseconds since the epoch, and the name, between tabs; or "undone" and the id.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/server/drain_orders.h"

namespace mooring::server {

class DrainJournal {
 public:
  // Reads what is there. A path that cannot be opened is no failure before there is an order to write.
  explicit DrainJournal(std::string path);
  // Without an order in force the file is removed, where that may be done.
  ~DrainJournal();
  DrainJournal(const DrainJournal&) = delete;
  DrainJournal& operator=(const DrainJournal&) = delete;

  // Those in force: at first, what the last process left.
  const std::vector<DrainView>& orders() const { return orders_; }
  // What is in force of one order from here on; and that nothing is.
  void put(const DrainView& order);
  void remove(std::string_view id);

 private:
  void read();
  void keep(const DrainView& order);
  bool forget(std::string_view id);
  void append(const std::string& line);
  void begin_anew();
  void write(const std::string& text);

  std::string path_;
  int file_ = -1;
  std::string why_not_;  // it could not be opened, or written the last time
  std::vector<DrainView> orders_;
  std::size_t size_ = 0;
  bool torn_ = false;  // the file ends with half a line: it was cut short, or there was no room
};

}  // namespace mooring::server
