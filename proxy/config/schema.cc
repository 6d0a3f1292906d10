#include "proxy/config/schema.h"

#include <algorithm>
#include <array>

#include "proxy/config/suggest.h"

namespace mooring::config {
namespace {

SchemaNode& child_for(SchemaNode& parent, std::string_view segment) {
  SchemaNode made;
  if (segment == "**") {
    made.kind = SchemaNode::Kind::any_rest;
  } else if (segment == "*") {
    made.kind = SchemaNode::Kind::any_name;
  } else {
    made.list = segment.ends_with("[]");
    made.name = segment.substr(0, segment.size() - (made.list ? 2 : 0));
  }
  for (SchemaNode& child : parent.children) {
    if (child.kind == made.kind && child.list == made.list && child.name == made.name) return child;
  }
  return parent.children.emplace_back(std::move(made));
}

void grow(SchemaNode& root, const SchemaEntry& entry) {
  SchemaNode* node = &root;
  std::string_view rest = entry.path;
  while (!rest.empty()) {
    const auto dot = rest.find('.');
    node = &child_for(*node, rest.substr(0, dot));
    rest = dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1);
  }
  node->entry = &entry;
}

SchemaNode grown() {
  SchemaNode root;
  for (const SchemaEntry* entry : schema_entries()) grow(root, *entry);
  return root;
}

}  // namespace

const SchemaNode* SchemaNode::field(std::string_view child) const {
  const auto found = std::ranges::find_if(
      children, [&](const SchemaNode& node) { return node.kind == Kind::field && equal_fold(node.name, child); });
  return found == children.end() ? nullptr : &*found;
}

const SchemaNode* SchemaNode::any() const {
  const auto found = std::ranges::find_if(children, [](const SchemaNode& node) { return node.kind != Kind::field; });
  return found == children.end() ? nullptr : &*found;
}

std::vector<const SchemaEntry*> schema_entries() {
  std::vector<const SchemaEntry*> all;
  for (const auto part : {provider_label_entries(), http_entries(), middleware_entries(), transport_entries()}) {
    for (const SchemaEntry& entry : part) all.push_back(&entry);
  }
  return all;
}

const SchemaNode& schema() {
  static const SchemaNode root = grown();
  return root;
}

const SchemaNode& own_schema() {
  static const SchemaNode root = [] {
    SchemaNode own;
    for (const SchemaEntry& entry : own_entries()) grow(own, entry);
    return own;
  }();
  return root;
}

}  // namespace mooring::config
