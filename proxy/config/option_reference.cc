#include "proxy/config/option_reference.h"

#include <map>
#include <vector>

#include "proxy/config/options_schema.h"
#include "proxy/config/options_show.h"
#include "proxy/config/options_variables.h"

namespace mooring::config {
namespace {

constexpr std::string_view kIntroduction =
    R"(# Every static option

Made from the schema by `mooring docs options`; do not edit. How the sources are merged, and what changes without a
restart, is in [options.md](options.md).

A key is written so in YAML and TOML, as a flag with two dashes before it (`--log.level=INFO`), and as a variable in capital
letters with `TRAEFIK_` or `MOORING_` before it and `_` for each dot (`TRAEFIK_LOG_LEVEL`). Case does not matter. `*` is a
name of your choice.
)";

std::string_view type_of(OptionKind kind) {
  switch (kind) {
    case OptionKind::toggle:
      return "section, or true";
    case OptionKind::boolean:
    case OptionKind::on_boolean:
      return "bool";
    case OptionKind::integer:
    case OptionKind::number:
      return "number";
    case OptionKind::duration:
      return "duration";
    case OptionKind::list:
      return "list";
    case OptionKind::objects:
      return "list of sections";
    case OptionKind::names:
      return "names";
    case OptionKind::anything:
      return "anything";
    case OptionKind::section:
      return "section";
    case OptionKind::text:
      break;
  }
  return "text";
}

// By pattern: what is in force when nothing is said, once the section around it is there.
std::map<std::string, std::string> defaults() {
  Options options;
  std::map<std::string, std::string> values;
  for (const auto& option : show_options(options)) values[option.pattern] = option.value;
  auto& entry = options.entry_points["*"];
  entry.name = "*";
  entry.redirection.emplace();
  entry.proxy_protocol.insecure = true;
  options.docker.enabled = options.api.enabled = options.ping.enabled = true;
  options.access_log.enabled = options.file_provider.enabled = true;
  options.docker.tls.emplace();
  for (const auto& option : show_options(options)) values.try_emplace(option.pattern, option.value);
  values["entryPoints.*.proxyProtocol"] = values["entryPoints.*.proxyProtocol.insecure"] = "false";
  for (const char* none : {"entryPoints.*.address", "providers.docker"}) values[none].clear();
  return values;
}

std::string code(std::string_view text) {
  if (text.empty()) return "–";
  const bool ticks = text.find('`') != std::string_view::npos;
  return ticks ? "`` " + std::string{text} + " ``" : "`" + std::string{text} + "`";
}

void add_row(std::string& page, const OptionNode& node, const std::map<std::string, std::string>& values) {
  const auto value = values.find(node.pattern);
  page += "| `" + node.pattern + "` | " + std::string{type_of(node.kind)} + " | " +
          code(value == values.end() ? std::string_view{} : std::string_view{value->second}) + " | " +
          std::string{option_purpose(node.pattern)} + " |\n";
}

// Keys as a paragraph, a section of which nothing is done as one.
void add_known(std::string& page, const OptionNode& node, OptionStatus status) {
  if (node.kind != OptionKind::section && node.status == status) page += "- `" + node.pattern + "`\n";
  if (node.status == status && node.uniform) {
    if (node.kind == OptionKind::section && !node.pattern.empty()) page += "- `" + node.pattern + "`, whole\n";
    return;
  }
  for (const auto& child : node.children) add_known(page, child, status);
}

void add_removed(std::string& page) {
  for (const OptionNode* leaf : option_leaves()) {
    if (leaf->status != OptionStatus::removed) continue;
    std::string note{leaf->note};
    if (const auto name = note.find('<'); name != std::string::npos) note.insert(name, "\\");  // no tag of HTML
    page += "| `" + leaf->pattern + "` | " + note + " |\n";
  }
}

}  // namespace

std::string option_reference() {
  std::string page{kIntroduction};
  const auto values = defaults();
  page += "\n## Done\n\n| key | type | default | |\n|---|---|---|---|\n";
  for (const OptionNode* leaf : option_leaves()) {
    if (leaf->status == OptionStatus::done) add_row(page, *leaf, values);
  }
  page += "\n## Read, and without effect by design\n\n";
  add_known(page, option_schema(), OptionStatus::accepted);
  page +=
      "\n## Known to Traefik, not done yet: the entry point stays closed\n\n"
      "Going on without it could let in what should stay out. One warning says so.\n\n";
  add_known(page, option_schema(), OptionStatus::guarded);
  page += "\n## Known to Traefik, not done yet\n\nOne warning a key; it has no effect.\n\n";
  add_known(page, option_schema(), OptionStatus::known);
  page +=
      "\n## Of Traefik 1 and 2\n\nAn error, with what takes its place; as a variable, a warning.\n\n"
      "| key | what to do |\n|---|---|\n";
  add_removed(page);
  return page;
}

}  // namespace mooring::config
