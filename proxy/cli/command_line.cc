#include "proxy/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "proxy/cli/help.h"
#include "proxy/config/go_values.h"
#include "proxy/config/printable.h"
#include "proxy/config/suggest.h"

namespace mooring::cli {
namespace {

using Arguments = std::vector<std::string>;

constexpr std::array<std::string_view, 10> kCommands = {"run",     "check",       "config",  "status", "drain",
                                                        "undrain", "healthcheck", "version", "whoami", "help"};

// `command`: as it is typed, "mooring status".
Message usage_error(const std::string& command, const std::string& text, const std::string& fix) {
  return {.text = command + ": " + text + "\n" + (fix.empty() ? "" : "  " + fix + "\n") + "  see `" + command +
                  " --help`\n",
          .code = kExitUsage};
}

// Every long name that `app` knows, with its dashes.
std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

Message unexpected(const CLI::App& app, const std::string& argument) {
  const std::string name = argument.substr(0, argument.find('='));
  const std::vector<std::string> known = flag_names(app);
  const std::string_view nearest = config::nearest(name, known);
  const bool is_flag = argument.starts_with('-');
  return usage_error(app.get_name(),
                     is_flag ? "there is no flag " + config::printable(name)
                             : config::quoted(argument) + " was not expected: this command takes flags only",
                     nearest.empty() ? "" : "did you mean " + std::string(nearest) + "?");
}

// Go programs take long flags with one dash too: `whoami -port 80`.
std::string with_two_dashes(const std::string& argument) {
  const bool one_dash =
      argument.size() > 2 && argument[0] == '-' && argument[1] >= 'a' && argument[1] <= 'z' && argument[2] != '=';
  return one_dash ? "-" + argument : argument;
}

bool asks_for_help(const std::string& argument) {
  return argument == "--help" || argument == "-h";
}

// Fills what the options of `app` are bound to. A message: that is all there is to do.
std::optional<Message> parse(CLI::App& app, Arguments arguments) {
  app.allow_extras();
  std::ranges::transform(arguments, arguments.begin(), with_two_dashes);
  std::ranges::reverse(arguments);  // as CLI11 wants them
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return Message{.text = app.help(), .code = kExitOk};
  } catch (const CLI::ParseError& error) {
    return usage_error(app.get_name(), config::printable(error.what()), "");
  }
  const Arguments extra = app.remaining();
  if (!extra.empty()) return unexpected(app, extra.front());
  return std::nullopt;
}

// A duration with the word for what it is; a bad one is CLI11's to report.
void add_duration(CLI::App& app, const std::string& name, std::chrono::milliseconds& into, const std::string& text) {
  app.add_option_function<std::string>(
         name,
         [&into, name](const std::string& value) {
           const auto duration = config::parse_duration(value);
           if (!duration || duration->count() < 0 || *duration > std::chrono::hours(24)) {
             throw CLI::ValidationError(name,
                                        config::quoted(value) + " is not a time from 0s to 24h, like 500ms or 2s");
           }
           into = std::chrono::ceil<std::chrono::milliseconds>(*duration);
         },
         text)
      ->type_name("TIME");
}

void add_control_socket(CLI::App& app, std::string& into) {
  app.add_option("--control-socket", into, "where the running Mooring listens for commands")
      ->envname(kControlSocketVariable)
      ->type_name("PATH")
      ->capture_default_str();
}

void add_output(CLI::App& app, bool& json, const std::string& plain) {
  app.add_option_function<std::string>(
         "-o,--output", [&json](const std::string& format) { json = format == "json"; }, plain + " (default) or json")
      ->check(CLI::IsMember({plain, std::string("json")}))
      ->type_name("FORMAT");
}

CommandLine read_status(Arguments arguments) {
  StatusOptions options;
  CLI::App app("What the Mooring that runs here is doing.\nexample: mooring status --watch", "mooring status");
  add_control_socket(app, options.control_socket);
  add_output(app, options.json, "table");
  app.add_flag("-w,--watch", options.watch, "show it again at each change; with -o json, one document a line");
  if (auto message = parse(app, std::move(arguments))) return *message;
  return options;
}

constexpr const char* kNameOfTarget = "a container's name, service/endpoint, or the beginning of a container's id";

CommandLine no_name(const std::string& command) {
  return usage_error(command, "say what: " + std::string(kNameOfTarget), "`mooring status` shows what there is");
}

CommandLine read_drain(Arguments arguments) {
  DrainOptions options;
  CLI::App app(
      "Takes a container out of service: no new sessions go there, its own stay until they end or the deadline "
      "passes.\n"
      "It holds until `mooring undrain`, or until the container is removed; a restart does not undo it.\n"
      "exit code with --wait: 0 when it is drained, 124 when the deadline passed first\n"
      "example: mooring drain shop-web-1 --wait --deadline 10m && docker stop shop-web-1",
      "mooring drain");
  app.add_option("name", options.name, kNameOfTarget)->type_name("NAME");
  app.add_flag("--wait", options.wait, "wait until nothing of it is left, and show how far it is");
  add_duration(app, "--deadline", options.deadline,
               "then its WebSockets are closed and its sessions move; 30m unless said");
  add_control_socket(app, options.control_socket);
  if (auto message = parse(app, std::move(arguments))) return *message;
  if (options.name.empty()) return no_name("mooring drain");
  return options;
}

CommandLine read_undrain(Arguments arguments) {
  UndrainOptions options;
  CLI::App app("Lets a container that was drained take requests again.\nexample: mooring undrain shop-web-1",
               "mooring undrain");
  app.add_option("name", options.name, kNameOfTarget)->type_name("NAME");
  add_control_socket(app, options.control_socket);
  if (auto message = parse(app, std::move(arguments))) return *message;
  if (options.name.empty()) return no_name("mooring undrain");
  return options;
}

CommandLine read_healthcheck(Arguments arguments) {
  HealthcheckOptions options;
  CLI::App app("Whether the Mooring that runs here is well: exit code 0 or 1.", "mooring healthcheck");
  add_control_socket(app, options.control_socket);
  if (auto message = parse(app, std::move(arguments))) return *message;
  return options;
}

// Files stand between the flags; "-f FILE" is Compose's way to say the same.
CommandLine read_check(Arguments arguments) {
  CheckOptions options;
  CLI::App app(
      "Reads configuration files as the proxy does, offline, and says what is wrong: traefik.yml, dynamic files, "
      "compose "
      "files, and what `docker inspect` printed.\nWithout FILE: those of the usual names in this directory.\n"
      "example: mooring check traefik.yml compose.yaml",
      "mooring check");
  app.add_option("files,-f,--file", options.files, "what to check; compose files override the earlier ones")
      ->type_name("FILE");
  app.add_option_function<std::string>(
         "--format", [&options](const std::string& format) { options.format = *check_format(format); },
         "text (default), json, sarif or github")
      ->check(CLI::IsMember({"text", "json", "sarif", "github"}))
      ->type_name("FORMAT");
  app.add_flag("--strict", options.strict, "warnings and hints fail too");
  app.add_option("--project", options.project, "the Compose project's name; else as Compose finds it")
      ->envname("COMPOSE_PROJECT_NAME")
      ->type_name("NAME");
  app.add_option("--profile", options.profiles, "services of this Compose profile too")->type_name("NAME");
  if (auto message = parse(app, std::move(arguments))) return *message;
  return options;
}

constexpr std::string_view kConfigHelp =
    R"(The options that are in force and where each comes from: file and line, flag, variable or default.

usage: mooring config show [-o json] [FLAGS of run]

It reads what `mooring run` would read from here: the flags that follow, TRAEFIK_* and MOORING_* variables, the file. What is
wrong goes to standard error; exit code 2 when the options are not understood.
example: mooring config show --configFile=traefik.yml
)";

// What is not -o is a flag of `run`.
CommandLine read_config(Arguments arguments) {
  const bool show = !arguments.empty() && arguments.front() == "show";
  if (std::ranges::any_of(arguments, asks_for_help)) return Message{.text = std::string(kConfigHelp)};
  if (!show) return usage_error("mooring config", "say what: `mooring config show`", "");
  ConfigShowOptions options;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const bool apart = argument == "-o" || argument == "--output";
    if (!apart && !argument.starts_with("--output=")) {
      options.flags.push_back(argument);
      continue;
    }
    std::string format = argument.substr(std::min(argument.size(), argument.find('=') + 1));
    if (apart) format = i + 1 < arguments.size() ? arguments[++i] : "";
    if (format != "json" && format != "table") {
      return usage_error("mooring config show", "the output is table or json, not " + config::quoted(format), "");
    }
    options.json = format == "json";
  }
  return options;
}

// Not in the help: for who works on Mooring.
CommandLine read_docs(const Arguments& arguments) {
  DocsOptions options;
  if (!arguments.empty()) options.what = arguments[0];
  if (arguments.size() > 1) options.directory = arguments[1];
  return options;
}

CommandLine read_version(Arguments arguments) {
  VersionOptions options;
  CLI::App app("The version, and what it was built with.", "mooring version");
  add_output(app, options.json, "text");
  if (auto message = parse(app, std::move(arguments))) return *message;
  return options;
}

CommandLine read_whoami(Arguments arguments) {
  WhoamiOptions options;
  CLI::App app(
      "A small server that says who it is and what it was asked: / /api /health /bench /data?size=N&unit=KB /echo "
      "(WebSocket), and ?wait=2s on each.\nexample: mooring whoami --port 8000 --name one",
      "mooring whoami");
  app.add_option("--port", options.port, "where it listens; 0: any free port")
      ->envname("WHOAMI_PORT_NUMBER")
      ->type_name("PORT")
      ->capture_default_str();
  app.add_option("--address", options.address, "the IP address to listen on; all unless said")->type_name("IP");
  app.add_option("--name", options.name, "what it calls itself")->envname("WHOAMI_NAME")->type_name("NAME");
  app.add_flag("--verbose", options.verbose, "write a line for each request");
  add_duration(app, "--start-delay", options.start_delay, "listen only after this time");
  add_duration(app, "--stop-delay", options.stop_delay,
               "after SIGTERM, close the listener at once and end after this time");
  if (auto message = parse(app, std::move(arguments))) return *message;
  return options;
}

CommandLine read_run(Arguments arguments) {
  if (std::ranges::any_of(arguments, asks_for_help)) return Message{.text = std::string(help_text()), .code = kExitOk};
  return RunFlags{.flags = std::move(arguments)};
}

CommandLine read_command(const std::string& command, Arguments arguments) {
  if (command == "check") return read_check(std::move(arguments));
  if (command == "config") return read_config(std::move(arguments));
  if (command == "status") return read_status(std::move(arguments));
  if (command == "drain") return read_drain(std::move(arguments));
  if (command == "undrain") return read_undrain(std::move(arguments));
  if (command == "healthcheck") return read_healthcheck(std::move(arguments));
  if (command == "version") return read_version(std::move(arguments));
  if (command == "whoami") return read_whoami(std::move(arguments));
  return read_run(std::move(arguments));
}

bool is_command(const std::string& word) {
  return std::ranges::find(kCommands, word) != kCommands.end();
}

CommandLine unknown_command(const std::string& word) {
  const std::string_view nearest = config::nearest(word, kCommands);
  return usage_error(
      "mooring", "there is no command " + config::quoted(word),
      nearest.empty()
          ? "commands: run, check, config, status, drain, undrain, healthcheck, version, whoami, help; a flag begins "
            "with --"
          : "did you mean " + std::string(nearest) + "?");
}

}  // namespace

CommandLine read_command_line(Arguments arguments) {
  // Compose files name the program, as they do for Traefik's image: `command: traefik --api`.
  if (!arguments.empty() && (arguments.front() == "traefik" || arguments.front() == "mooring")) {
    arguments.erase(arguments.begin());
  }
  if (arguments.empty() || (arguments.front().starts_with('-') && arguments.front() != "--version")) {
    return read_run(std::move(arguments));
  }
  const std::string word = arguments.front();
  arguments.erase(arguments.begin());
  if (word == "--version") return read_version(std::move(arguments));
  if (word == "help" && arguments.empty()) return Message{.text = std::string(help_text()), .code = kExitOk};
  if (word == "help" && is_command(arguments.front())) return read_command(arguments.front(), {"--help"});
  if (word == "help") return unknown_command(arguments.front());
  if (word == "docs") return read_docs(arguments);
  if (is_command(word)) return read_command(word, std::move(arguments));
  return unknown_command(word);
}

}  // namespace mooring::cli
