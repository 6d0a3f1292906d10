// The pages of docs/problems, made from the table of codes: one page a code, and a list of all.
//
// Pure: the same table gives the same pages, so that a test can compare them with those that are committed. `mooring
// docs problems DIR` writes them. Any thread. Source: problem_codes.h.
#pragma once

#include <map>
#include <string>

#include "proxy/config/problem_codes.h"

namespace mooring::config {

// By file name: "L001.md" and so on, and "README.md".
std::map<std::string, std::string> problem_pages();

std::string problem_page(const ProblemCode& code);

}  // namespace mooring::config
