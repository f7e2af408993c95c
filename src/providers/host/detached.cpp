#include "providers/host/detached.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "providers/host/ledger_scripts.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::host {
namespace {

using State = Confirmation::State;

constexpr int most_connections = 4;
// The host ends the command at its limit; we hear of that when we wait a little longer.
constexpr Milliseconds after_limit{15'000};

bool may_go_on_there(const Error& error) {
  return error.cause == Cause::network || error.cause == Cause::timeout;
}

Confirmation confirmation_of(std::string_view said, const Value& desired, Milliseconds timeout) {
  const auto line_end = std::min(said.find('\n'), said.size());
  const std::string_view state = said.substr(0, line_end);
  if (state == "none") return {.state = State::not_done, .detail = "the host's ledger has no such command"};
  if (state == "running" || state == "waiting" || state == "gone")
    return {.state = State::in_progress, .detail = fmt::format("{} in the host's ledger", state)};
  if (state != "0")
    return {.state = State::in_progress, .detail = fmt::format("it ended with exit status {}", state)};
  const std::string out(said.substr(std::min(line_end + 1, said.size())));
  auto outputs = command_result({.out = out}, desired, timeout);
  if (!outputs) return {.state = State::unknown, .detail = outputs.error().message};
  return {
      .state = State::done, .outputs = *std::move(outputs), .detail = "it ended with 0 in the host's ledger"};
}

} // namespace

std::vector<Operation> detached_operations() {
  return {{.name = "detached_command",
           .effect = Effect::write,
           .protocol = Protocol::host,
           .help = "Runs the command by the host's ledger.",
           .script = ledger_command,
           .from_input = "command"},
          {.name = "detached_script",
           .effect = Effect::write,
           .protocol = Protocol::host,
           .help = "Runs the script by the host's ledger.",
           .script = ledger_script,
           .from_input = "script"},
          {.name = "ledger",
           .effect = Effect::read,
           .protocol = Protocol::host,
           .help = "Asks the host's ledger about the command.",
           .script = ledger_state}};
}

Result<CommandEnd> run_detached(WriteSession& session, const Host& host, HostCommand command,
                                const Intent& intent, bool is_script) {
  const auto seconds = std::max<std::int64_t>(1, command.timeout.count() / 1000);
  command.operation = is_script ? "detached_script" : "detached_command";
  command.script = is_script ? ledger_script : ledger_command;
  command.timeout += after_limit;
  command.environment.insert_or_assign("DEPLOYCTL_LIMIT", std::to_string(seconds));
  command.environment.insert_or_assign("DEPLOYCTL_ADOPT", intent.remote_ids.empty() ? "" : "yes");
  if (intent.remote_ids.empty()) DEPLOYCTL_CHECK(session.effects.remote_id("ledger " + intent.key));
  for (int connection = 1;; ++connection) {
    auto end = end_of(session.ports.hosts.run(host, command, session.stop));
    if (end) return end;
    if (!may_go_on_there(end.error()) || connection == most_connections || session.stop.stop_requested())
      return fail(std::move(end).error());
    session.output.line(Stream::err,
                        fmt::format("{}; looking for the command in the host's ledger", end.error().message));
    command.environment.insert_or_assign("DEPLOYCTL_ADOPT", "yes");
  }
}

Confirmation confirm_detached(ReadSession& session, const Host& host, const Intent& intent) {
  const HostCommand command{.operation = "ledger",
                            .script = ledger_state,
                            .arguments = {intent.key, std::to_string(longest_output)},
                            .timeout = check_limit,
                            .capture_limit = 2 * longest_output};
  const auto answer = run_script(session.ports.hosts, host, command,
                                 fmt::format("cannot ask the ledger of '{}'", host.name), session.stop);
  if (!answer) return {.state = State::unknown, .detail = answer.error().message};
  return confirmation_of(answer->out, intent.change.desired, check_limit);
}

} // namespace deployctl::providers::host
