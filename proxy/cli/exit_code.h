// What the commands exit with: scripts and health checks read it. Documented in `mooring --help`; never renumbered.
#pragma once

namespace mooring::cli {

using ExitCode = int;

inline constexpr ExitCode kExitOk = 0;
inline constexpr ExitCode kExitFailure = 1;      // it did not work
inline constexpr ExitCode kExitUsage = 2;        // it was not understood: flags, options, files
inline constexpr ExitCode kExitFindings = 3;     // it worked, and found something wrong
inline constexpr ExitCode kExitUnreachable = 4;  // no answer on the control socket
inline constexpr ExitCode kExitDeadline = 124;   // time was up first, as timeout(1) has it

}  // namespace mooring::cli
