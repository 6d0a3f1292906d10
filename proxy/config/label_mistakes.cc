#include "proxy/config/label_mistakes.h"

#include <algorithm>
#include <array>
#include <set>

#include "proxy/config/go_values.h"
#include "proxy/config/label_decoder.h"
#include "proxy/config/printable.h"
#include "proxy/config/problem_codes.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

constexpr std::size_t kBcryptLength = 60;
constexpr std::size_t kMd5CryptDigest = 22;  // after the last "$" of $apr1$salt$digest
constexpr std::size_t kMd5Hex = 32;

// What crypt(3) and htpasswd begin a hash with.
constexpr auto kHashes =
    std::to_array<std::string_view>({"$apr1$", "$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$", "{SHA}"});

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string of_user(std::string_view item) {
  return "the hash of user " + config::quoted(item.substr(0, item.find(':')));
}

bool is_cut(std::string_view hash) {
  if (hash.starts_with("$2")) return hash.size() != kBcryptLength;
  if (hash.starts_with("$apr1$") || hash.starts_with("$1$")) {
    const auto last = hash.rfind('$');
    return std::ranges::count(hash, '$') != 3 || hash.size() - last - 1 != kMd5CryptDigest;
  }
  return false;
}

bool holds_secret(std::string_view key) {
  const std::string lower = ascii_lower(key);
  const std::string_view name = std::string_view{lower}.substr(0, lower.find(": "));
  return std::ranges::any_of(std::to_array<std::string_view>({".users", "password", "secret", "token"}),
                             [&](std::string_view word) { return name.contains(word); });
}

bool is_stickiness(std::string_view key, std::string_view value) {
  return key.find(".sticky") != std::string_view::npos && parse_bool(value) != false;
}

}  // namespace

std::string shown_value(std::string_view key, std::string_view value) {
  return holds_secret(key) ? "…" : printable(value);
}

std::string shown_key(const std::string& key) {
  const auto colon = key.find(':');
  if (colon == std::string::npos || !holds_secret(key)) return key;
  const bool blank = colon + 1 < key.size() && key[colon + 1] == ' ';
  return key.substr(0, colon) + (blank ? ": …" : ":…");
}

namespace {

class Finder {
 public:
  Finder(const std::map<std::string, std::string>& labels, std::string_view where) : labels_(labels), where_(where) {}

  Problems run() {
    for (const auto& [key, value] : labels_) {
      const std::string lower = ascii_lower(key);
      if (!trimmed(lower).starts_with("traefik.")) continue;
      check_form(key, lower, value);
      check_name(key, lower);
      check_users(key, lower, value);
      check_strategy(key, lower, value);
      check_swarm(key, lower, value);
    }
    return std::move(problems_);
  }

 private:
  void report(std::string_view code, Severity severity, const std::string& key, std::string text, std::string in_force,
              std::string fix) {
    problems_.push_back({std::string{code}, severity, printable(where_), printable(key, kLongestLabelKey),
                         std::move(text), std::move(in_force), std::move(fix)});
  }

  void check_form(const std::string& key, const std::string& lower, const std::string& value) {
    const auto colon = key.find(": ");
    if (value.empty() && (colon != std::string::npos || key.ends_with(':'))) {
      const std::string name = key.substr(0, colon == std::string::npos ? key.size() - 1 : colon);
      const std::string said = colon == std::string::npos ? "…" : shown_value(name, trimmed(key.substr(colon + 2)));
      return report(code::kLabelForm, Severity::error, shown_key(key),
                    "in a list of labels \":\" does not end the key: all of it is the key, and there is no value",
                    "the label is not read", "- \"" + printable(name) + "=" + said + "\"");
    }
    if (trimmed(key).size() != key.size()) {
      return report(code::kLabelForm, Severity::error, key, "there are blanks around the key", "the label is not read",
                    printable(trimmed(key)) + "=" + shown_value(key, trimmed(value)));
    }
    const bool quotes =
        value.size() > 2 && value.front() == value.back() && (value.front() == '"' || value.front() == '\'');
    // Header values and replacements may well hold quotes.
    if (!quotes || lower.find(".headers.") != std::string::npos || lower.ends_with(".replacement")) return;
    report(
        code::kLabelForm, Severity::error, key,
        "the quotes are part of the value" + (holds_secret(key) ? std::string{} : " " + config::quoted(value)),
        "the value is read with them",
        "- \"" + printable(key) + "=" + shown_value(key, std::string_view{value}.substr(1, value.size() - 2)) + "\"");
  }

  // A definition with a provider's suffix: only references have one.
  void check_name(const std::string& key, const std::string& lower) {
    for (const std::string_view stem :
         {"traefik.http.routers.", "traefik.http.services.", "traefik.http.middlewares."}) {
      if (!lower.starts_with(stem)) continue;
      const std::string name = key.substr(stem.size(), key.find('.', stem.size()) - stem.size());
      const auto at = name.find('@');
      if (at == std::string::npos || !names_told_.insert(std::string{stem} + name).second) return;
      return report(code::kNamedProvider, Severity::warning, key,
                    config::quoted(name) + " is defined with a provider in its name",
                    "it is called " + config::quoted(name + "@docker"),
                    printable(std::string{stem} + name.substr(0, at) + key.substr(stem.size() + name.size())));
    }
  }

  void check_users(const std::string& key, const std::string& lower, const std::string& value) {
    const bool basic = lower.ends_with(".basicauth.users");
    if (!basic && !lower.ends_with(".digestauth.users")) return;
    for (const std::string& item : split_list(value)) {
      std::string fault = basic ? basic_user_fault(item) : digest_user_fault(item);
      if (fault.empty()) continue;
      const bool doubled = item.find("$$") != std::string::npos;
      report(code::kBrokenHash, Severity::error, key, std::move(fault), "the user cannot log in",
             doubled ? "write a single $: $$ is for compose files alone"
                     : "in a compose file write $$ for each $ of the hash (a single one in a usersFile)");
    }
  }

  void check_strategy(const std::string& key, const std::string& lower, const std::string& value) {
    constexpr std::string_view kStrategy = ".loadbalancer.strategy";
    if (!lower.ends_with(kStrategy) || !equal_fold(trimmed(value), "hrw")) return;
    const std::string stem = lower.substr(0, lower.size() - std::string_view{"strategy"}.size());
    const bool sticky = std::ranges::any_of(labels_, [&](const auto& label) {
      const std::string other = ascii_lower(label.first);
      return other.starts_with(stem) && is_stickiness(other, label.second);
    });
    if (!sticky) return;
    report(code::kStickyIgnored, Severity::warning, key, "with strategy hrw Traefik ignores the sticky cookie",
           "the cookie is honoured here", "keep one of the two");
  }

  void check_swarm(const std::string& key, const std::string& lower, const std::string& value) {
    if (!lower.ends_with(".lbswarm") || parse_bool(value) != true) return;
    const bool sticky = std::ranges::any_of(
        labels_, [](const auto& label) { return is_stickiness(ascii_lower(label.first), label.second); });
    if (!sticky) return;
    report(code::kOneServer, Severity::warning, key,
           "with lbswarm all tasks stand behind one address, and the cookie cannot choose among them",
           "the label is ignored", "leave lbswarm out");
  }

  const std::map<std::string, std::string>& labels_;
  std::string_view where_;
  std::set<std::string> names_told_;
  Problems problems_;
};

}  // namespace

std::string basic_user_fault(std::string_view item) {
  const auto colon = item.find(':');
  if (colon == std::string_view::npos) return "an item without \":\" between the user's name and the hash";
  const std::string_view hash = item.substr(colon + 1);
  if (hash.empty()) return of_user(item) + " is empty: Compose may have taken it for variables";
  if (hash.find("$$") != std::string_view::npos) return of_user(item) + " has its dollar signs doubled";
  if (std::ranges::none_of(kHashes, [&](std::string_view known) { return hash.starts_with(known); })) {
    return of_user(item) + " does not begin as a hash does ($apr1$, $2y$, {SHA}): a part with \"$\" seems to be lost";
  }
  return is_cut(hash) ? of_user(item) + " is cut short" : std::string{};
}

std::string digest_user_fault(std::string_view item) {
  const auto first = item.find(':');
  const auto last = item.rfind(':');
  if (first == std::string_view::npos || first == last) return "an item that is not user:realm:hash";
  const std::string_view hash = item.substr(last + 1);
  const bool md5 = hash.size() == kMd5Hex && std::ranges::all_of(hash, is_hex);
  return md5 ? std::string{} : of_user(item) + " is not 32 hexadecimal digits";
}

Problems find_label_mistakes(const std::map<std::string, std::string>& labels, std::string_view where) {
  return Finder{labels, where}.run();
}

}  // namespace mooring::config
