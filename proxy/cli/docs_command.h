// `mooring docs …`: pages of docs/ that are made from the program's own tables. For who works on Mooring; not in
// --help.
//
//   mooring docs labels          prints docs/labels-reference.md
//   mooring docs options         prints docs/options-reference.md
//   mooring docs problems DIR    writes the pages of docs/problems into DIR
// Tests compare what is committed with what these make. Main thread.
#pragma once

#include <string>

namespace mooring::cli {

struct DocsOptions {
  std::string what;       // "labels", "options", "problems"
  std::string directory;  // of pages that are many

  bool operator==(const DocsOptions&) const = default;
};

// Returns the exit code.
int run_docs(const DocsOptions& options);

}  // namespace mooring::cli
