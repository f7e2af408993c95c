#include "ssh/routes.hpp"

#include <fmt/core.h>

#include "base/sanitize.hpp"
#include "os/child.hpp"
#include "ssh/plain_configuration.hpp"

namespace deployctl::ssh {
namespace {

// The same address behind another jump host is another place.
std::string address_of(const Settings& settings, const std::string& jump) {
  return fmt::format("{}:{}{}{}", settings.hostname, settings.port, jump.empty() ? "" : " via ", jump);
}

mux::Endpoint target_of(const Settings& settings) {
  return {.host = settings.hostname, .port = static_cast<std::uint32_t>(settings.port)};
}

} // namespace

Routes::Routes(RunContext& run)
    : run_(run), plain_(is_plain_configuration(run.client, configuration_files(run.client, login_home()))) {}

Result<Settings> Routes::settings_of(const Destination& destination, std::stop_token stop) const {
  constexpr Milliseconds patience{30'000}; // Match exec runs commands of the user
  constexpr std::size_t longest_answer = 256U << 10;
  DEPLOYCTL_CHECK(check_destination(destination));
  os::ChildEnvironment variables;
  for (const auto& entry : run_.environment) (void)variables.set(entry.first, Text(entry.second));
  const os::ChildRequest request{.argv = settings_arguments(run_.client, destination),
                                 .environment = variables,
                                 .directory = "/",
                                 .input = {},
                                 .timeout = patience,
                                 .grace = Milliseconds(1'000),
                                 .capture_limit = longest_answer};
  DEPLOYCTL_TRY(const os::ChildResult answer, os::run_child(run_.clock, request, std::move(stop)));
  if (answer.cancelled) return fail(Cause::cancelled, "stopped while reading the SSH configuration");
  if (answer.exit_code != 0) {
    Error error{.cause = Cause::config,
                .message = fmt::format("ssh cannot read its configuration for '{}'", destination.host),
                .evidence = last_lines(answer.err, 4)};
    return fail(std::move(error));
  }
  return parse_settings(answer.out);
}

// Once a run, however many hosts lie behind it: an answer costs the start of a program.
Result<Settings> Routes::settings_of_jump(const Destination& host, const std::stop_token& stop) {
  std::shared_ptr<JumpSettings> known;
  {
    const std::scoped_lock lock(mutex_);
    std::shared_ptr<JumpSettings>& place = settings_of_jumps_[host.text()];
    if (!place)
      place = std::make_shared<JumpSettings>(
          JumpSettings{.turn = Slots::create(1, "the SSH configuration of " + host.host), .settings = {}});
    known = place;
  }
  DEPLOYCTL_TRY(const Slots::Place turn, known->turn->take(stop));
  if (!known->settings) {
    DEPLOYCTL_TRY(known->settings, settings_of(host, stop));
  }
  return *known->settings;
}

Result<Way> Routes::way_to(const Destination& destination, std::stop_token stop) {
  if (plain_)
    return Way{.address = fmt::format("{}:{}", destination.host, destination.port), .target = {}, .jump = {}};
  DEPLOYCTL_TRY(const Settings settings, settings_of(destination, stop));
  DEPLOYCTL_TRY(Jump last, through(settings.jumps, 1, stop));
  return Way{.address = address_of(settings, last.identity),
             .target = target_of(settings),
             .jump = std::move(last.connection)};
}

Result<Routes::Jump> Routes::through(const std::vector<Destination>& jumps, int depth, std::stop_token stop) {
  constexpr int deepest = 8;
  if (depth > deepest) return fail(Cause::config, "the jump hosts of the SSH configuration lead in a circle");
  Jump last;
  for (const Destination& host : jumps) {
    DEPLOYCTL_TRY(last, jump_at(host, last, depth, stop));
  }
  return last;
}

Result<Routes::Jump> Routes::jump_at(const Destination& host, const Jump& before, int depth,
                                     std::stop_token stop) {
  DEPLOYCTL_TRY(const Settings settings, settings_of_jump(host, stop));
  Jump previous = before;
  // As ssh does it: only the first of a list has jump hosts of its own.
  if (!previous.connection) {
    DEPLOYCTL_TRY(previous, through(settings.jumps, depth + 1, stop));
  }
  Way way{.address = address_of(settings, previous.identity),
          .target = target_of(settings),
          .jump = previous.connection};
  Jump jump{.connection = {}, .identity = fmt::format("{}@{}", settings.user, way.address)};
  const std::scoped_lock lock(mutex_);
  std::shared_ptr<Connection>& known = jumps_[jump.identity];
  if (!known)
    known = std::make_shared<Connection>(run_, host, "jump " + jump.identity,
                                         [way](const std::stop_token&) -> Result<Way> { return way; });
  jump.connection = known;
  return jump;
}

} // namespace deployctl::ssh
