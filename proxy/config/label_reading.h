// How one container's labels are gone through: read key by key into their owners, then settled, once all are known.
//
// Used by decode_labels and decode_file alone, for one call on one thread. label_decoder.cc reads, label_settling.cc
// settles: what one label breaks may depend on all others (a port that was given after all, a name that a slip was
// meant for). file_decoder.cc has what is different in a file.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/config/file_decoder.h"
#include "proxy/config/label_decoder.h"
#include "proxy/config/label_key.h"
#include "proxy/config/label_owners.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::config {

using OwnerKind = KeyOwner::Kind;

// Where in a key of a router, service or middleware its own fields begin: http.routers.<name>.<field>.
inline constexpr std::size_t kFieldDepth = 3;

inline constexpr std::size_t kRootLength = 7;  // of "traefik"
inline constexpr std::size_t kNoProblem = static_cast<std::size_t>(-1);

// Names of routers, services and middlewares match without regard to case; the first one read gives the spelling.
struct FoldedLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return less_fold(a, b); }
};

template <typename Owner>
struct Named {
  std::string name;
  std::string key;  // the first label that named it
  int line = 0;     // of that, in a file
  Owner labels;
};

template <typename Owner>
using Owners = std::map<std::string, Named<Owner>, FoldedLess>;

class LabelDecoder {
 public:
  explicit LabelDecoder(std::string_view where, Form form = Form::label) : where_{printable(where)}, form_{form} {}

  DecodedLabels decode(const std::map<std::string, std::string>& labels);
  DecodedLabels decode_file(std::span<const FileEntry> entries);

 private:
  void read(const std::string& key, const std::string& value);
  void read_wrong(const ResolvedKey& key, const std::string& label, const std::string& value);
  void read_exact(const ResolvedKey& key, const std::string& label, const std::string& value);
  void read_done(const ResolvedKey& key, const std::string& label, const std::string& value);
  void read_not_done(const ResolvedKey& key, const std::string& label, const std::string& value);
  void read_file_only(const ResolvedKey& key, const std::string& label);
  void read_own(const ResolvedKey& key, const std::string& label, const std::string& value);
  void read_file_entry(const FileEntry& entry);
  bool read_empty(const FileEntry& entry, const ResolvedKey& key, const std::string& label);
  bool read_list(const ResolvedKey& key, const std::string& label, const std::vector<std::string>& items);
  void read_label_only(const ResolvedKey& key, const std::string& label);
  bool begin_check(const ResolvedKey& key, const std::string& label);
  void name_owner(const KeyOwner& owner, const std::string& label);
  void read_tls(RouterLabels& router, const ResolvedKey& key, const std::string& label, const std::string& value);
  void read_provider_label(const ResolvedKey& key, const std::string& label, const std::string& value);
  std::optional<Finding> take_service(ServiceLabels& service, const ResolvedKey& key, const std::string& label,
                                      std::string_view value);
  std::optional<Finding> take_file_server(ServiceLabels& service, const ResolvedKey& key, const std::string& label,
                                          std::string_view value);
  std::optional<Finding> take_middleware(MiddlewareLabels& middleware, const ResolvedKey& key, std::string_view value);
  static std::optional<Finding> take_sticky(StickyLabels& sticky, std::string_view field, std::string_view value);

  // Breaks what the key belongs to, as far as going on without the key could widen access. Says what is in force.
  // `why` completes "label … ": it is shown where the owner is.
  std::string spoil(const ResolvedKey& key, const std::string& label, std::string_view why);
  std::string spoil_service(const ResolvedKey& key, const std::string& label, const std::string& reason);
  std::string spoil_file_server(ServiceLabels& service, const std::string& label);
  FileServer& file_server(ServiceLabels& service, const std::string& label);
  void misspelt_enable(const std::string& value);
  void apply(const Finding& finding, const KeyOwner& owner, const std::string& label, std::string_view fix = {});

  void finish();
  void finish_routers();
  void finish_services();
  void finish_own();
  void finish_middlewares();
  void finish_file_servers(Named<ServiceLabels>& service);
  void finish_file_router(Named<RouterLabels>& router);
  void finish_transports();
  void settle_doubts();
  void settle_lost();
  void router_astray(const std::string& label);
  void stray_router(Named<RouterLabels>& router);
  void sticky_alone(const StickyLabels& sticky, const std::string& label);
  void bound_problems();
  void add_mistakes(const std::map<std::string, std::string>& labels);

  bool of_file() const { return form_ == Form::file; }
  // What keys begin with, and what they are called.
  std::string stem() const { return of_file() ? "" : "traefik."; }
  std::string noun() const { return of_file() ? "key " : "label "; }
  std::string where() const { return of_file() && line_ > 0 ? where_ + ":" + std::to_string(line_) : where_; }

  template <typename Owner>
  Named<Owner>& named(Owners<Owner>& owners, const std::string& name, const std::string& label) {
    auto [it, fresh] = owners.try_emplace(name);
    if (fresh) it->second.name = name, it->second.key = label, it->second.line = line_;
    return it->second;
  }

  Problem& report(std::string_view code, Severity severity, std::string_view label, std::string text,
                  std::string in_force, std::string fix = {}) {
    return out_.problems.emplace_back(Problem{std::string{code}, severity, where(), printable(label, kLongestLabelKey),
                                              std::move(text), std::move(in_force), std::move(fix)});
  }

  std::string where_;
  Form form_;
  int line_ = 0;  // of what is read or settled now, in a file
  DecodedLabels out_;
  Owners<RouterLabels> routers_;
  Owners<ServiceLabels> services_;
  Owners<MiddlewareLabels> middlewares_;
  Owners<OwnKeys> own_;
  Owners<TransportValues> transports_;
  std::map<std::string, std::string, std::less<>> said_;   // canonical key in lower case → value
  std::set<std::string> not_done_;                         // what "not done" was said of already
  std::vector<std::pair<std::size_t, KeyOwner>> doubts_;   // index of a problem → whose; in force is settled last
  std::vector<std::pair<std::string, std::size_t>> lost_;  // labels that lead nowhere, and the index of their problem
  bool enable_said_ = false;
};

}  // namespace mooring::config
