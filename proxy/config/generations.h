// Generations: which definition of a Compose service is in force while its containers do not define the same routers.
//
// A name that two generations define is settled where names are settled (merge_settle.h). A router that only one of
// them has (renamed, added or taken away by a deploy) is not to be told from that name alone: the newest container that
// is ready decides for all routers of its service, so that nobody gets half a definition. While nobody is ready, all
// routers stay. Owned by Merger, on the control loop. Source: design, section 7 (conflicts).
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "proxy/config/merge.h"

namespace mooring::config {

// Creation decides, then the id.
bool older(const Fragment& a, const Fragment& b);

// What the containers of one Compose service have in common; a container outside Compose is a family of its own.
std::string family_of(const Fragment& fragment);

// The one that has its way of `candidates` (oldest first): the newest ready one, else the newest that still takes
// requests where nobody is ready. The size of `candidates`: nobody.
template <typename Candidates, typename FragmentOf>
std::size_t newest_ready(const Candidates& candidates, const ReadyCheck& ready, FragmentOf fragment_of) {
  std::size_t best = candidates.size();
  Readiness grade = Readiness::none;
  for (std::size_t i = candidates.size(); i-- > 0 && grade != Readiness::ready;) {
    const Readiness now = ready(fragment_of(candidates[i]));
    if (now <= grade) continue;
    grade = now;
    best = i;
  }
  return best;
}

class Generations {
 public:
  // `who` (the same as long as it is the same source) defined the routers `before` and defines `now`.
  void change(const FragmentPtr& who, const std::map<std::string, RouterConfig>& before,
              const std::map<std::string, RouterConfig>& now);
  // Whether it matters to any router who of that service is ready; if so, settle() looks at it again.
  bool readiness_changed(const Fragment& who);
  // Decides anew where something changed. The names ("web@docker") of the routers that this may matter to.
  std::set<std::string> settle(const ReadyCheck& ready);
  // The container that decides which routers of the service of `who` are in force; null: all are.
  FragmentPtr decides(const Fragment& who) const;
  bool any() const { return decided_ > 0; }

 private:
  struct Older {
    bool operator()(const FragmentPtr& a, const FragmentPtr& b) const { return older(*a, *b); }
  };
  struct Service {
    std::set<FragmentPtr, Older> members;        // those that define a router
    std::map<std::string, std::size_t> routers;  // by how many of them each is defined
    FragmentPtr decides;

    bool mixed() const;
  };
  using Key = std::pair<std::string, std::string>;  // provider, family

  static Key key_of(const Fragment& who) { return {who.origin.provider, family_of(who)}; }

  std::map<Key, Service> services_;
  std::set<Key> dirty_;
  std::size_t decided_ = 0;  // services of which one container decides
};

}  // namespace mooring::config
