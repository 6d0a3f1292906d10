// Why a rule cannot be read, and how that is shown to the person who wrote it.
//
// A RuleError is a value: what is wrong, where (a byte offset into the rule's text), and what was expected there.
// `explain` draws it. The rule's text comes from labels, so whatever is shown is bounded and free of control
// characters. Plain values, any thread.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace mooring::routing {

struct RuleError {
  std::string message;     // what is wrong, no full stop
  std::size_t offset = 0;  // in bytes; the rule's size when the end came too early
  std::string expected;    // what would have been right, ready to paste where that is possible

  bool operator==(const RuleError&) const = default;
};

// What a reader of rules returns when it goes no further.
std::unexpected<RuleError> refuse(std::size_t offset, std::string message, std::string_view expected);

// Four lines without a final newline: the message, the rule's text (cut around the place when it is long), a caret
// under the place, and what was expected.
std::string explain(std::string_view rule, const RuleError& error);

}  // namespace mooring::routing
