// Merger: the merged table of all fragments, kept up to date at the cost of the names that a changed fragment defines.
//
// Holds the fragments and, for each qualified name, who claims it; settle() works out anew only the names whose claims
// (or whose claimants' readiness) changed, and says which names those were. The result is equal to merge() of the same
// fragments, whatever the order. A fragment that comes again is compared with its last form, so that a file of ten
// thousand routers in which one was changed costs that comparison and one router. Owned by the control plane, on the
// control loop; no thread of its own. Source: design, section 7 (cost follows the change).
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proxy/config/generations.h"
#include "proxy/config/merge.h"
#include "proxy/config/merge_settle.h"

namespace mooring::config {

// What one settle() changed of one kind. A name is in `existence` when it came or went.
struct NameChanges {
  std::set<std::string> all;        // anything: settings, servers, or only who says the same
  std::set<std::string> settings;   // came, went, or has other settings
  std::set<std::string> existence;  // came or went
};

struct MergeChange {
  NameChanges routers;
  NameChanges middlewares;
  NameChanges services;
  NameChanges servers_transports;
  // Of the fragments and of the merge. One that is in both lists as often is no change.
  Problems problems_added;
  Problems problems_dropped;
};

class Merger {
 public:
  // In the place of what that provider's fragment of this id said before.
  void put(FragmentPtr fragment);
  void remove(const std::string& provider, const std::string& id);
  // Its container ended: what it says stays until remove(), but counts only where nobody else says anything. False: it
  // is not known.
  bool end(const std::string& provider, const std::string& id);
  // Whether the container's endpoints may take requests is another than it was, perhaps. True when that can matter to
  // some name.
  bool readiness_changed(const std::string& container_id);

  // Brings merged() up to date.
  MergeChange settle(const ReadyCheck& ready);
  const Merged& merged() const { return merged_; }

 private:
  template <typename Config>
  struct Part {
    std::map<std::string, std::vector<Claim<Config>>> claims;  // the oldest first
    std::map<std::string, Problems> problems;
    std::set<std::string> dirty;
  };
  using Key = std::pair<std::string, std::string>;  // provider, id
  struct Source {
    FragmentPtr fragment;
    FragmentPtr who;  // its id and origin alone: what the merged table refers to, the same as long as these are
  };

  template <typename Config>
  void claim(const FragmentPtr& who, const std::string& name, const Config& config, Part<Config>& part);
  template <typename Config>
  void withdraw(const FragmentPtr& who, const std::string& name, Part<Config>& part);
  template <typename Config>
  void change_claims(const FragmentPtr& who, const std::map<std::string, Config>& before,
                     const std::map<std::string, Config>& now, Part<Config>& part);
  template <typename Config>
  bool mark_contested(const Fragment& fragment, const std::map<std::string, Config>& configs, Part<Config>& part);
  template <typename Config, typename MergedConfig>
  MergedConfig settle_name(const Subject& subject, const std::vector<Claim<Config>>& claims, const ReadyCheck& ready,
                           Problems& problems) const;
  template <typename Config, typename MergedConfig>
  void settle_part(std::string_view kind, Part<Config>& part, std::map<std::string, MergedConfig>& merged,
                   const ReadyCheck& ready, NameChanges& changes);
  void change_source(const FragmentPtr& who, const Fragment& before, const Fragment& now);
  void tell(Problems& before, Problems now);

  std::map<Key, Source> sources_;
  std::map<std::string, std::set<Key>> of_container_;
  Generations generations_;
  Part<RouterConfig> routers_;
  Part<MiddlewareConfig> middlewares_;
  Part<ServiceConfig> services_;
  Part<ServersTransportConfig> transports_;
  Merged merged_;
  MergeChange change_;
};

}  // namespace mooring::config
