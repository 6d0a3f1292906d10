// Our own keys, below `mooring.`: read, and settled once it is known which services there are.
#include <string>
#include <vector>

#include "proxy/config/label_health.h"
#include "proxy/config/label_reading.h"
#include "proxy/config/label_texts.h"
#include "proxy/config/problem_codes.h"

namespace mooring::config {

Problem own_key_unused(std::string_view where, std::string_view key, std::string text, std::string fix) {
  return {std::string{code::kOwnUnused},
          Severity::warning,
          std::string{where},
          printable(key, kLongestLabelKey),
          std::move(text),
          std::string{kIgnored},
          std::move(fix)};
}

void LabelDecoder::read_own(const ResolvedKey& key, const std::string& label, const std::string& value) {
  if (label.size() > kLongestLabelKey || value.size() > kLongestLabelValue) {
    report(code::kTooMuch, Severity::warning, label.substr(0, kLongestLabelKey),
           "the key or the value is longer than what is read", std::string{kIgnored});
    return;
  }
  if (key.misspelt_root) {
    const std::string root =
        of_file() ? "the key is not below \"mooring\"" : "the label does not start with \"mooring.\"";
    report(code::kMisspeltPrefix, Severity::warning, label, root, std::string{kIgnored}, did_you_mean(key));
    return;
  }
  if (key.fit != KeyFit::exact) {
    const bool malformed = key.fit == KeyFit::malformed;
    const bool standalone = key.fit == KeyFit::standalone;
    report(malformed    ? code::kMalformedKey
           : standalone ? code::kStandalone
                        : code::kUnknownKey,
           Severity::warning, label,
           malformed    ? "the key has an empty part, one that starts with \"[\", or too many"
           : standalone ? "the key needs a field below it and cannot stand alone"
                        : unknown_text(key, label),
           std::string{kIgnored}, standalone ? std::string{} : did_you_mean(key));
    // A router's or a service's own label with our prefix: what it was meant for is not served without it.
    if (key.fit == KeyFit::unknown) lost_.emplace_back(label, out_.problems.size() - 1);
    return;
  }
  const auto [said, fresh] = said_.try_emplace(ascii_lower(key.canonical), value);
  if (!fresh) {
    if (said->second == value) return;
    report(code::kSaidTwice, Severity::warning, label,
           "the same key stands twice, in another case and with another value", std::string{kIgnored},
           "keep one of them");
    return;
  }
  OwnKeys& own = named(own_, key.owner.name, label).labels;
  if (const auto finding = take_own(own, key.field_at(kFieldDepth), key.trail.back()->name, value)) {
    apply(*finding, {}, label);
  }
}

void LabelDecoder::finish_own() {
  for (auto& [folded, own] : own_) {
    line_ = own.line;
    const auto service = services_.find(own.name);
    if (service != services_.end()) {
      if (settle_own(own.labels, service->second.labels.service)) continue;
      const std::string fix = of_file()
                                  ? "add loadBalancer.healthCheck.path to the service"
                                  : "traefik.http.services." + printable(own.name) + ".loadbalancer.healthcheck.path=/";
      out_.problems.push_back(own_key_unused(
          where(), own.key,
          "rise and fall are for a health check, and service " + config::quoted(own.name) + " has none that is run",
          fix));
      continue;
    }
    if (!of_file() && services_.empty()) {
      out_.own.try_emplace(own.name, own.labels, own.key);
      continue;
    }
    std::vector<std::string> names;
    for (const auto& [other, named] : services_) names.push_back(named.name);
    std::string_view meant = nearest(own.name, names);
    if (meant.empty() && names.size() == 1) meant = names.front();
    out_.problems.push_back(own_key_unused(
        where(), own.key,
        "no service " + config::quoted(own.name) + " is defined " + (of_file() ? "in this file" : "by this container"),
        meant.empty() ? std::string{} : "did you mean service " + config::quoted(meant) + "?"));
  }
}

}  // namespace mooring::config
