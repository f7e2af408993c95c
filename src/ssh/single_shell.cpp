#include "ssh/single_shell.hpp"

#include <utility>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "ssh/login_retry.hpp"
#include "ssh/single_session.hpp"

namespace deployctl::ssh {

SingleShell::SingleShell(RunContext& run, Destination destination)
    : run_(run), destination_(std::move(destination)),
      commands_(Slots::create(run.limits.sessions, "a free session to " + destination_.host)) {}

Result<std::unique_ptr<RemoteSession>> SingleShell::start(const std::string& command_line,
                                                          std::stop_token stop) {
  {
    const std::scoped_lock lock(mutex_);
    if (refusal_) return fail(*refusal_);
  }
  DEPLOYCTL_TRY(Slots::Place place, commands_->take(stop));
  const auto attempt = [&]() -> Result<std::unique_ptr<SingleSession>> {
    os::BoundedWait wait(run_.clock, run_.client.connect_timeout + run_.limits.login_timeout, stop,
                         "the SSH login at " + destination_.host);
    return log_in(command_line, wait);
  };
  auto session = retry_dropped_logins(run_, destination_.text(), stop, attempt);
  if (session) {
    (*session)->keep(std::move(place));
    return std::unique_ptr<RemoteSession>(*std::move(session));
  }
  const std::scoped_lock lock(mutex_);
  if (is_final(session.error())) refusal_ = session.error();
  return fail(std::move(session).error());
}

Result<std::unique_ptr<SingleSession>> SingleShell::log_in(const std::string& command_line,
                                                           os::BoundedWait& wait) {
  SingleCommand command;
  command.marker = "deployctl-" + random_hex(run_.random, 16);
  command.log = fmt::format("{}.{}", run_.directory.socket("single " + destination_.text()), ++started_);
  command.host = destination_.host;
  command.argv =
      command_arguments(run_.client, destination_, command.log, mark_command(command_line, command.marker));
  return SingleSession::start(run_, std::move(command), wait);
}

} // namespace deployctl::ssh
