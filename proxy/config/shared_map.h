// SharedMap and SharedNames: a map by name, and a set of names, whose versions share what is equal in them.
//
// The two forms of SharedTree that tables are made of; read like a std::map and a std::set of strings, in the order of
// names. Which thread may do what, and what an Edition is: shared_tree.h.
#pragma once

#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/config/shared_tree.h"

namespace mooring::config {

template <typename Value>
using SharedEntry = std::pair<std::string, Value>;

template <typename Value>
struct SharedEntryPolicy {
  using Item = std::shared_ptr<const SharedEntry<Value>>;
  static const std::string& key(const Item& item) { return item->first; }
  static const SharedEntry<Value>& view(const Item& item) { return *item; }
};

// By name, in the order of the names; read like a std::map.
template <typename Value>
class SharedMap : public SharedTree<SharedEntryPolicy<Value>> {
  using Tree = SharedTree<SharedEntryPolicy<Value>>;

 public:
  using mapped_type = Value;

  SharedMap() = default;
  SharedMap(std::initializer_list<SharedEntry<Value>> entries) {
    const Edition edition = next_edition();
    for (const SharedEntry<Value>& entry : entries) set(entry.first, entry.second, edition);
  }

  void set(std::string name, Value value, Edition edition) {
    Tree::put(std::make_shared<const SharedEntry<Value>>(std::move(name), std::move(value)), edition);
  }
  const Value& at(std::string_view name) const {
    const auto found = Tree::find(name);
    if (found == Tree::end()) throw std::out_of_range(std::string(name));
    return found->second;
  }
};

struct SharedNamePolicy {
  using Item = std::shared_ptr<const std::string>;
  static const std::string& key(const Item& item) { return *item; }
  static const std::string& view(const Item& item) { return *item; }
};

// A set of names in their order.
class SharedNames : public SharedTree<SharedNamePolicy> {
 public:
  SharedNames() = default;
  SharedNames(std::initializer_list<std::string> names) {
    const Edition edition = next_edition();
    for (const std::string& name : names) add(name, edition);
  }
  void add(std::string name, Edition edition) { put(std::make_shared<const std::string>(std::move(name)), edition); }
  operator std::vector<std::string>() const { return {begin(), end()}; }  // NOLINT: read as the list that it is
  bool operator==(const std::vector<std::string>& names) const { return std::vector<std::string>(*this) == names; }
};

}  // namespace mooring::config
