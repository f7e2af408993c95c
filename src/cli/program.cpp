#include "cli/program.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>

#include "base/strings.hpp"
#include "cli/commands.hpp"
#include "cli/github_job.hpp"
#include "cli/help.hpp"
#include "cli/invocation.hpp"

namespace deployctl::cli {
namespace {

// What needs no options, no terminal and no files: answered before anything is set up.
bool is_version_question(const std::vector<std::string>& words) {
  return words.size() == 1 && (words.front() == "--version" || words.front() == "-V");
}

bool is_help_question(const std::vector<std::string>& words) {
  return words.size() == 1 && (words.front() == "--help" || words.front() == "-h");
}

// Text on standard error in every format; with JSON also the document on standard output.
int refuse(const UsageError& error, Console& console, bool json) {
  Options options;
  options.output = json ? OutputFormat::json : OutputFormat::text;
  console.configure(options, {});
  console.report(Error{.cause = Cause::config, .message = error.message, .help = error.help});
  if (error.command) console.err().write(usage_line(*error.command) + "\n");
  console.conclude(ExitCode::usage);
  console.finish();
  return static_cast<int>(ExitCode::usage);
}

// -C, as git has it: everything else is relative to there.
Status enter_directory(const Options& options) {
  if (options.directory.empty()) return {};
  std::error_code error;
  std::filesystem::current_path(options.directory, error);
  if (!error) return {};
  return fail(Cause::config, "cannot go to '" + options.directory + "': " + to_lower(error.message()));
}

ExitCode run_command(Invocation& invocation) {
  try {
    if (const Status entered = enter_directory(invocation.options); !entered) {
      invocation.console.report(entered.error());
      return exit_code_of(entered.error().cause);
    }
    const Result<ExitCode> code = invocation.line.command->run(invocation);
    if (code) return *code;
    invocation.console.report(code.error());
    return exit_code_of(code.error().cause);
  } catch (const std::exception& bug) {
    invocation.console.report(
        Error{.cause = Cause::internal,
              .message = std::string("a bug in deployctl: ") + bug.what(),
              .help = "'deployctl status ENV' tells how the world is; please report this"});
    return ExitCode::bug;
  }
}

} // namespace

int run_program(const std::vector<std::string>& words, const os::Environment& environment,
                const Machine& machine, ui::Writer& out, ui::Writer& err) {
  if (is_version_question(words)) {
    out.write("deployctl " DEPLOYCTL_VERSION "\n");
    return 0;
  }
  if (is_help_question(words)) {
    out.write(overview_help());
    return 0;
  }
  RedactionSet redactions;
  const bool in_job = is_github_job(environment);
  const bool is_json = asks_for(words, "json") || asks_for(words, "ndjson");
  ui::github::InertWriter inert_out(out, is_json ? ui::github::inert_json : ui::github::inert);
  ui::github::InertWriter inert_err(err);
  ui::tty::Screen screen(err);
  ui::tty::BesideScreen out_beside(in_job ? inert_out : out, screen);
  ui::tty::BesideScreen err_beside(in_job ? inert_err : err, screen);
  Console console(out_beside, err_beside, redactions);
  const tl::expected<CommandLine, UsageError> line = parse_command_line(words);
  if (!line) return refuse(line.error(), console, asks_for(words, "json"));
  if (line->help) {
    out.write(command_help(*line->command));
    return 0;
  }
  const tl::expected<Options, UsageError> options = read_options(*line);
  if (!options) return refuse(options.error(), console, asks_for(words, "json"));

  const os::Terminal terminal = os::judge_terminal(machine.streams, environment, options->colour);
  console.configure(*options, terminal);
  // A mask between the lines of somebody else's fence would be output, and no mask.
  ui::tty::BesideScreen whole(err, screen);
  GithubJob job(whole, machine.clock, machine.random, environment);
  if (in_job) {
    job.announce_masks(redactions);
    console.on_diagnostics([&job](const Value& diagnostics) { job.annotate(diagnostics); });
  }
  EventOutput events(
      *options, console, redactions, machine.clock,
      {.screen = terminal.err.may_animate ? &screen : nullptr, .job = in_job ? &job : nullptr});
  Invocation invocation{.line = *line,
                        .options = *options,
                        .environment = environment,
                        .terminal = terminal,
                        .console = console,
                        .events = events,
                        .redactions = redactions,
                        .machine = machine,
                        .clock = machine.clock,
                        .random = machine.random};
  const ExitCode code = run_command(invocation);
  console.conclude(code);
  events.finish(code, "");
  console.finish();
  return static_cast<int>(code);
}

} // namespace deployctl::cli
