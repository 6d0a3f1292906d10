// Golden files: cases as text, the input above a line "----" and what must come of it below.
//
// A file in test/golden/<topic>/ holds one case, or several, each opened by a line "==== name". The caller gives a
// function from input to output. With MOORING_UPDATE_GOLDEN=1 in the environment the part below is rewritten instead
// of compared: read the difference before you keep it. Runs inside a Catch2 test; single thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace mooring::test {

using Produce = std::function<std::string(const std::string& input)>;

// Checks every case of every *.txt below test/golden/<topic>, in the order of their names. Fails when there are fewer
// than `at_least` cases, so that an empty folder is no success.
void check_golden(std::string_view topic, std::size_t at_least, const Produce& produce);

}  // namespace mooring::test
