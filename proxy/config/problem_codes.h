// The stable codes of Problems: one table of code and title, so that a code means one thing for ever.
//
// L: labels · S: sticky sessions · R: rules and routing · M: merge of several sources · O: static options · D: engine
// and provider · P: the process itself. A code is never given a new meaning; docs/problems has one page a code.
// Constants only; any thread.
#pragma once

#include <span>
#include <string_view>

namespace mooring::config {

struct ProblemCode {
  std::string_view code;
  std::string_view title;
};

// All codes, sorted by code.
std::span<const ProblemCode> problem_codes();

// The title of a code, or an empty view when there is no such code.
std::string_view title_of(std::string_view code);

namespace code {

inline constexpr std::string_view kUnknownKey = "L001";
inline constexpr std::string_view kNotDone = "L002";
inline constexpr std::string_view kBadValue = "L003";
inline constexpr std::string_view kMisspeltPrefix = "L004";
inline constexpr std::string_view kFileOnly = "L005";
inline constexpr std::string_view kTwoTypes = "L006";
inline constexpr std::string_view kStandalone = "L007";
inline constexpr std::string_view kTooMuch = "L008";
inline constexpr std::string_view kMalformedKey = "L009";
inline constexpr std::string_view kStrayRouter = "L010";
inline constexpr std::string_view kNoServiceLink = "L011";
inline constexpr std::string_view kIncomplete = "L012";
inline constexpr std::string_view kSaidTwice = "L013";
inline constexpr std::string_view kUrlAndPort = "L014";
inline constexpr std::string_view kPort = "L020";
inline constexpr std::string_view kNoPort = "L021";
inline constexpr std::string_view kNoSharedNetwork = "L030";
inline constexpr std::string_view kSeveralNetworks = "L031";
inline constexpr std::string_view kNotEnabled = "L040";
inline constexpr std::string_view kOtherGeneration = "M001";
inline constexpr std::string_view kConflict = "M002";
inline constexpr std::string_view kStickyAlone = "S01";
inline constexpr std::string_view kVersionOneLabel = "S04";

inline constexpr std::string_view kBadRule = "R001";
inline constexpr std::string_view kUnknownMiddleware = "R002";
inline constexpr std::string_view kUnknownService = "R003";
inline constexpr std::string_view kUnknownEntryPoint = "R004";
inline constexpr std::string_view kShadowed = "R005";
inline constexpr std::string_view kChainLoop = "R006";
inline constexpr std::string_view kUnbuildable = "R007";
inline constexpr std::string_view kBadPriority = "R008";
inline constexpr std::string_view kRights = "P001";
inline constexpr std::string_view kControlSocket = "P002";
inline constexpr std::string_view kPartlySticky = "S25";

}  // namespace code
}  // namespace mooring::config
