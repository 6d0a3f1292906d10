// What the tables of options_apply_*.cc share: the draft, and the reading of one value of a kind into its field.
//
// A value that cannot be read is a Problem and leaves the field as it is. Owned by one call of apply_options; used by
// options_apply*.cc alone; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/config/options_draft.h"
#include "proxy/config/options_resolve.h"

namespace mooring::config {

class Applier {
 public:
  Applier(OptionsDraft& of_draft, Problems& of_problems) : draft(of_draft), problems(of_problems) {}

  Options& options() { return draft.options; }
  EntryPointDraft& entry_point_draft(const ResolvedOption& option);
  EntryPointOptions& entry_point(const ResolvedOption& option) { return entry_point_draft(option).options; }

  void bad(const ResolvedOption& option, std::string_view expected, std::string fix = {});
  // The same for what must not be seen in a log.
  void bad_secret(const ResolvedOption& option, std::string_view expected);
  void bad_item(const ResolvedOption& option, std::string_view item, std::string_view expected, std::string fix = {});
  static std::string_view value(const ResolvedOption& option) {
    return option.setting.values.empty() ? std::string_view{} : std::string_view{option.setting.values.front()};
  }

  bool boolean(const ResolvedOption& option, bool& field);
  void text(const ResolvedOption& option, std::string& field) { field = value(option); }
  void texts(const ResolvedOption& option, std::vector<std::string>& field, std::string_view expected);
  void networks(const ResolvedOption& option, std::vector<IpNetwork>& field);
  std::optional<std::int64_t> integer(const ResolvedOption& option, std::int64_t least, std::int64_t most);
  std::optional<std::chrono::milliseconds> duration(const ResolvedOption& option);
  void duration(const ResolvedOption& option, std::chrono::milliseconds& field) {
    field = duration(option).value_or(field);
  }
  // The position of the value among `words`, in any case.
  std::optional<std::size_t> word(const ResolvedOption& option, std::span<const std::string_view> words,
                                  std::string_view expected);

  OptionsDraft& draft;
  Problems& problems;
};

// One key and what it does to the draft.
struct OptionField {
  std::string_view key;
  void (*set)(Applier&, const ResolvedOption&);
};

std::span<const OptionField> process_fields();  // workers, api, ping, serversTransport, core
std::span<const OptionField> entry_point_fields();
std::span<const OptionField> provider_fields();
std::span<const OptionField> log_fields();  // log, accessLog

// A section that was switched off by name goes back to its defaults, which are off.
template <typename Section>
void switch_section(Applier& to, const ResolvedOption& option, Section& section) {
  bool on = true;
  if (to.boolean(option, on) && !on) section = Section{};
}

}  // namespace mooring::config
