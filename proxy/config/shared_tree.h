// SharedTree: an ordered set whose versions share what they have in common: a changed copy costs the path to the
// change.
//
// A version is copied by copying one pointer and is never changed by what is done to its copies, so a published table
// and the next one share all entries that did not change, and letting an old version go frees only what was its own. A
// treap with random ranks: nobody who chooses keys chooses its shape. Reading: any thread. Changing: one thread, with
// an Edition for each published version; nodes of the own edition are changed in place, so filling a tree is cheap. Not
// for a request's path: see routing/host_index.h. Source: Driscoll and others, "Making data structures persistent".
#pragma once

#include <atomic>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace mooring::config {

// Marks what is still private to who changes: take a new one after each copy that somebody else may read.
using Edition = std::uint64_t;

inline Edition next_edition() {
  static std::atomic<Edition> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

// Policy: `Item`, what is stored (cheap to copy); `key(item)`, what orders it; `view(item)`, what readers are shown.
template <typename Policy>
class SharedTree {
  using Item = Policy::Item;
  struct Node;
  using Link = std::shared_ptr<Node>;

 public:
  using reference = decltype(Policy::view(std::declval<const Item&>()));
  using value_type = std::remove_cvref_t<reference>;

  class const_iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using iterator_concept = std::forward_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using value_type = SharedTree::value_type;
    using pointer = const value_type*;
    using reference = SharedTree::reference;

    const_iterator() = default;
    reference operator*() const { return Policy::view(path_.back()->item); }
    pointer operator->() const { return &Policy::view(path_.back()->item); }
    const_iterator& operator++() {
      const Node* node = path_.back()->right.get();
      path_.pop_back();
      descend(node);
      return *this;
    }
    const_iterator operator++(int) {
      const_iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const const_iterator& other) const {
      return path_.empty() || other.path_.empty() ? path_.empty() == other.path_.empty()
                                                  : path_.back() == other.path_.back();
    }

   private:
    friend class SharedTree;
    void descend(const Node* node) {
      for (; node != nullptr; node = node->left.get()) path_.push_back(node);
    }
    std::vector<const Node*> path_;  // this node, and those above it that come later
  };
  using iterator = const_iterator;

  SharedTree() = default;
  SharedTree(std::initializer_list<Item> items) {
    const Edition edition = next_edition();
    for (const Item& item : items) put(item, edition);
  }

  const_iterator begin() const {
    const_iterator first;
    first.descend(root_.get());
    return first;
  }
  const_iterator end() const { return {}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  template <typename Key>
  const_iterator find(const Key& key) const {
    const_iterator found;
    for (const Node* node = root_.get(); node != nullptr;) {
      const auto order = key <=> Policy::key(node->item);
      if (order <= 0) found.path_.push_back(node);
      if (order == 0) return found;
      node = order < 0 ? node->left.get() : node->right.get();
    }
    return {};
  }
  template <typename Key>
  bool contains(const Key& key) const {
    return find(key) != end();
  }

  // Adds the item, or puts it in the place of the one with its key.
  void put(Item item, Edition edition) { put_below(root_, std::move(item), edition); }

  template <typename Key>
  bool erase(const Key& key, Edition edition) {
    if (!contains(key)) return false;
    erase_below(root_, key, edition);
    --size_;
    return true;
  }

 private:
  struct Node {
    Item item;
    Link left;
    Link right;
    std::uint32_t rank;
    Edition edition;
  };

  // xorshift: the shape needs no better one, and a shape of its own a thread.
  static std::uint32_t random_rank() {
    static thread_local std::uint64_t state = reinterpret_cast<std::uintptr_t>(&state) * 0x9e3779b97f4a7c15U | 1U;
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    return static_cast<std::uint32_t>(state >> 16U);
  }

  // The node behind the link, one that may be changed.
  static Node& own(Link& link, Edition edition) {
    if (link->edition != edition) {
      link = std::make_shared<Node>(*link);
      link->edition = edition;
    }
    return *link;
  }

  void put_below(Link& link, Item&& item, Edition edition) {
    if (link == nullptr) {
      link = std::make_shared<Node>(std::move(item), nullptr, nullptr, random_rank(), edition);
      ++size_;
      return;
    }
    Node& node = own(link, edition);
    const auto order = Policy::key(item) <=> Policy::key(node.item);
    if (order == 0) {
      node.item = std::move(item);
      return;
    }
    Link& child = order < 0 ? node.left : node.right;
    put_below(child, std::move(item), edition);
    if (child->rank <= node.rank) return;
    Link raised = child;  // of this edition: it was put, or made our own, just now
    Link& inner = order < 0 ? raised->right : raised->left;
    child = inner;
    inner = link;
    link = std::move(raised);
  }

  template <typename Key>
  static void erase_below(Link& link, const Key& key, Edition edition) {
    const auto order = key <=> Policy::key(link->item);
    if (order == 0) {
      link = joined(link->left, link->right, edition);
      return;
    }
    Node& node = own(link, edition);
    erase_below(order < 0 ? node.left : node.right, key, edition);
  }

  static Link joined(Link left, Link right, Edition edition) {
    if (left == nullptr) return right;
    if (right == nullptr) return left;
    if (left->rank > right->rank) {
      Node& node = own(left, edition);
      node.right = joined(node.right, right, edition);
      return left;
    }
    Node& node = own(right, edition);
    node.left = joined(left, node.left, edition);
    return right;
  }

  Link root_;
  std::size_t size_ = 0;
};

}  // namespace mooring::config
