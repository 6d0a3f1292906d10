#include "proxy/config/label_reference.h"

#include <array>
#include <string_view>
#include <vector>

#include "proxy/config/label_version1.h"
#include "proxy/config/schema.h"
#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

struct Section {
  std::string_view prefix;  // of the path; the first section that fits has the key
  std::string_view title;
};

constexpr std::array<Section, 9> kSections{{
    {"http.routers.", "HTTP routers"},
    {"http.services.*.loadBalancer.", "HTTP services"},
    {"http.services.", "HTTP services, other kinds"},
    {"http.serversTransports.", "HTTP servers transports"},
    {"http.middlewares.", "HTTP middlewares"},
    {"tcp.", "TCP"},
    {"udp.", "UDP"},
    {"tls.", "TLS"},
    {"", "The container"},
}};

std::string_view type_name(ValueType type) {
  switch (type) {
    case ValueType::text:
      return "text";
    case ValueType::boolean:
      return "true or false";
    case ValueType::integer:
      return "whole number";
    case ValueType::number:
      return "number";
    case ValueType::list:
      return "list";
    case ValueType::duration:
      return "duration";
    case ValueType::toggle:
      return "true, or keys below it";
    case ValueType::texts:
      return "text, by name";
  }
  return "";
}

std::string_view support_name(Support support) {
  switch (support) {
    case Support::done:
      return "yes";
    case Support::guards:
      return "no; what it belongs to is not served";
    case Support::cosmetic:
      return "no; ignored";
  }
  return "";
}

// "http.routers.*.tls.domains[].main" → "traefik.http.routers.<name>.tls.domains[n].main"; a file has no "traefik.".
std::string key_of(const SchemaEntry& entry, std::string_view root) {
  std::string key = entry.form == Form::file ? "" : std::string{root} + ".";
  std::string_view rest = entry.path;
  while (!rest.empty()) {
    const auto dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    if (part == "*" || part == "**") {
      key += "<name>";
    } else if (part.ends_with("[]")) {
      key += std::string{part.substr(0, part.size() - 2)} + "[n]";
    } else {
      key += part;
    }
    if (dot == std::string_view::npos) break;
    key += '.';
    rest.remove_prefix(dot + 1);
  }
  // Labels are read without regard to case, and mostly written in lower case.
  return entry.form == Form::file ? key : ascii_lower(key);
}

std::string_view place_of(Form form) {
  return form == Form::label ? "label" : form == Form::file ? "file" : "both";
}

const Section& section_of(const SchemaEntry& entry) {
  for (const Section& section : kSections) {
    if (entry.path.starts_with(section.prefix)) return section;
  }
  return kSections.back();
}

std::string row_of(const SchemaEntry& entry, std::string_view root) {
  return "| `" + key_of(entry, root) + "` | " + std::string{type_name(entry.type)} + " | " +
         std::string{default_of(entry)} + " | " + std::string{place_of(entry.form)} + " | " +
         std::string{support_name(entry.support)} + " |\n";
}

std::string rows_of(const Section& section) {
  std::string rows;
  for (const SchemaEntry* entry : schema_entries()) {
    if (&section_of(*entry) == &section) rows += row_of(*entry, "traefik");
  }
  return rows;
}

constexpr std::string_view kTableHead = "| key | takes | default | label or file | done |\n|---|---|---|---|---|\n";

std::string own_section() {
  std::string text =
      "\n## Mooring's own\n\nNot Traefik's, so not below `traefik.`. They add to a service of the same container, or "
      "of the same file: there they\nstand below a key `mooring:` at the top (`mooring:` → `http:` → `services:` → the "
      "service's name). Traefik ignores these\nlabels, but refuses a file with a `mooring:` in it.\n\n";
  text += kTableHead;
  for (const SchemaEntry& entry : own_entries()) text += row_of(entry, "mooring");
  return text;
}

std::string version_one_section() {
  std::string text =
      "\n## Labels of Traefik 1\n\nLater versions ignore them; here each one is a Problem "
      "([S04](problems/S04.md)) that shows the form of today. `traefik.<segment>.…` of a\ncontainer with several "
      "segments counts too: the segment is then the name.\n\n| label | today |\n|---|---|\n";
  for (const VersionOneLabel& label : version_one_labels()) {
    const std::string now =
        label.now.ends_with("{rule}") ? "traefik.http.routers.<name>.rule=Host(`…`)" : std::string{label.now};
    std::string shown;
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (now.compare(i, 2, "{}") == 0) {
        shown += "…", ++i;
      } else {
        // A bar would end the table's cell.
        shown += now[i] == '|' ? std::string{"\\|"} : std::string{now[i]};
      }
    }
    text += "| `traefik." + std::string{label.key} + "` | `` " + shown + " `` |\n";
  }
  return text;
}

}  // namespace

std::string label_reference() {
  std::string page =
      "# Label reference\n\n<!-- Made by `mooring docs labels` from proxy/config/schema*.cc: edit those. -->\n\n"
      "Every key of Traefik's dynamic configuration, with what it takes, what is in force without it, where it may\n"
      "stand (a label, a file of the file provider, or both), and whether this version of Mooring does it. The guide "
      "is\n[labels](labels.md).\n\n"
      "Keys are read without regard to case, but for `traefik.` at the beginning. A list is separated by commas in a "
      "label, and\na list in a file. A duration is a number of seconds, or like `1m30s`. In a file the key begins "
      "without `traefik.`.\n";
  std::vector<const Section*> order{&kSections.back()};
  for (const Section& section : kSections) {
    if (&section != &kSections.back()) order.push_back(&section);
  }
  for (const Section* section : order) {
    page += "\n## " + std::string{section->title} + "\n\n" + std::string{kTableHead} + rows_of(*section);
  }
  return page + own_section() + version_one_section();
}

}  // namespace mooring::config
