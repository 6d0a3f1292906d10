// What the readers of YAML and of TOML share: the check of the encoding, the count of values, and the Problems.
//
// Owned by one reading. Used by value_tree_yaml.cc and value_tree_toml.cc alone; one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "proxy/config/value_tree.h"

namespace mooring::config {

class TreeChecks {
 public:
  TreeChecks(const std::string& file, const TreeLimits& limits, Problems& problems)
      : file_(file), limits_(limits), problems_(problems) {}

  // Takes a byte order mark off. False: it is no UTF-8 text, and has been refused.
  bool accept_text(std::string_view& text);
  // False, and stopped: there are too many values, or they are nested too deeply.
  bool count(std::size_t values, std::size_t depth, int line);
  // The text is broken here; whoever calls decides whether the rest is of use.
  void refuse(int line, std::string text, std::string fix = {});
  void said_twice(const std::string& key, int line);
  // Refuses, and nothing that comes after it is looked at.
  void stop(int line, std::string text, std::string fix = {});
  bool stopped() const { return stopped_; }
  // How a key is compared with its neighbours.
  std::string folded(std::string_view key) const;

 private:
  const std::string& file_;
  const TreeLimits& limits_;
  Problems& problems_;
  std::size_t values_ = 0;
  bool stopped_ = false;
};

}  // namespace mooring::config
