// The stable codes of Problems: one table of code, title and what docs/problems says of it, so that a code means one
// thing for ever.
//
// C: compose files · D: engine and provider · F: the file provider · L: labels, and the same in files · M: merge of
// several sources · O: static options · P: the process itself · R: rules and routing · S: sticky sessions. A code is
// never given a new meaning. The pages are made from the table (problem_pages.h), and tests run its examples.
// Constants only; any thread.
#pragma once

#include <span>
#include <string_view>

namespace mooring::config {

struct ProblemCode {
  std::string_view code;
  std::string_view title;
  std::string_view meaning = {};  // what it says, and what is in force
  // What gives it: labels of one container (`traefik.…=…`, one a line), a compose file (`services:`), options as flags
  // (`--…`) or as YAML; or, where only a running system shows it, the line that is said then.
  std::string_view example = {};
  std::string_view remedy = {};   // how to mend it
  std::string_view usually = {};  // the same in some words, for a line whose text does not say what is expected
};

// All codes, sorted by code.
std::span<const ProblemCode> problem_codes();

// The parts of the table, one file each.
std::span<const ProblemCode> compose_codes();  // C
std::span<const ProblemCode> file_codes();     // F
std::span<const ProblemCode> runtime_codes();  // D and P
std::span<const ProblemCode> label_codes();    // L
std::span<const ProblemCode> option_codes();   // O
std::span<const ProblemCode> routing_codes();  // M and R
std::span<const ProblemCode> sticky_codes();   // S

// The title of a code, or an empty view when there is no such code.
std::string_view title_of(std::string_view code);

namespace code {

inline constexpr std::string_view kFileUnreadable = "F001";
inline constexpr std::string_view kFileTemplate = "F002";
inline constexpr std::string_view kFileTwice = "F003";
inline constexpr std::string_view kLabelOnly = "F004";
inline constexpr std::string_view kFileTooMuch = "F005";

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
inline constexpr std::string_view kLabelForm = "L015";
inline constexpr std::string_view kNamedProvider = "L016";
inline constexpr std::string_view kOwnUnused = "L017";
inline constexpr std::string_view kPort = "L020";
inline constexpr std::string_view kNoPort = "L021";
inline constexpr std::string_view kHostPort = "L022";
inline constexpr std::string_view kNoSharedNetwork = "L030";
inline constexpr std::string_view kSeveralNetworks = "L031";
inline constexpr std::string_view kNotEnabled = "L040";
inline constexpr std::string_view kDeployLabels = "L041";
inline constexpr std::string_view kNotRecreated = "L042";
inline constexpr std::string_view kNotReady = "L043";
inline constexpr std::string_view kBrokenHash = "L050";
inline constexpr std::string_view kBrokenCompose = "C001";
inline constexpr std::string_view kVariableUnset = "C002";
inline constexpr std::string_view kVariableRequired = "C003";
inline constexpr std::string_view kBadVariable = "C004";
inline constexpr std::string_view kExtends = "C005";
inline constexpr std::string_view kUnknownFile = "C006";
inline constexpr std::string_view kComposeKey = "C007";
inline constexpr std::string_view kOneName = "C008";
inline constexpr std::string_view kOtherGeneration = "M001";
inline constexpr std::string_view kConflict = "M002";
inline constexpr std::string_view kStickyAlone = "S01";
inline constexpr std::string_view kStickyIgnored = "S02";
inline constexpr std::string_view kStickyUnused = "S03";
inline constexpr std::string_view kVersionOneLabel = "S04";

inline constexpr std::string_view kBadRule = "R001";
inline constexpr std::string_view kUnknownMiddleware = "R002";
inline constexpr std::string_view kUnknownService = "R003";
inline constexpr std::string_view kUnknownEntryPoint = "R004";
inline constexpr std::string_view kShadowed = "R005";
inline constexpr std::string_view kChainLoop = "R006";
inline constexpr std::string_view kUnbuildable = "R007";
inline constexpr std::string_view kBadPriority = "R008";
inline constexpr std::string_view kBadTransport = "R011";
inline constexpr std::string_view kRights = "P001";
inline constexpr std::string_view kControlSocket = "P002";
inline constexpr std::string_view kLogFile = "P003";
inline constexpr std::string_view kOtherProvider = "R009";
inline constexpr std::string_view kNeverMatches = "R010";
inline constexpr std::string_view kSameCookie = "S05";
inline constexpr std::string_view kSecureOnPlain = "S08";
inline constexpr std::string_view kSameSiteNone = "S09";
inline constexpr std::string_view kForeignDomain = "S10";
inline constexpr std::string_view kNarrowPath = "S11";
inline constexpr std::string_view kOneServer = "S13";
inline constexpr std::string_view kPartlySticky = "S25";

}  // namespace code
}  // namespace mooring::config
