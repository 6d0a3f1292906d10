// Labels of Traefik 1, and what each is called today: one table, for messages and for the label reference.
//
// Traefik 2 and later ignore them without a word, and compose files from the web are full of them. Labels of a segment
// (`traefik.web.frontend.rule`) are known by what stands behind the segment's name, which is then the router's. Pure
// functions, any thread. Source: Traefik 1.7's documentation of the Docker provider; field notes 2.2 (S04).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace mooring::config {

struct VersionOneLabel {
  std::string_view key;  // without "traefik.", in lower case; what stands below it counts as the same
  std::string_view now;  // labels of today; "{}" is the value, "{rule}" the rule in today's form
};

std::span<const VersionOneLabel> version_one_labels();

// What to write instead of the label whose key is "traefik." + `rest`; empty when that is no label of Traefik 1. With
// no value, "…" stands for it. Values that may be secret are never repeated.
std::string version_one_form(std::string_view rest, std::string_view value = {});

// "Host:a.example.com,b.example.com;PathPrefix:/x" → "(Host(`a.example.com`) || Host(`b.example.com`)) &&
// PathPrefix(`/x`)"; empty when it cannot be said for sure.
std::string rule_of_version_one(std::string_view rule);

}  // namespace mooring::config
