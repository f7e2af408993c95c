#include "ssh/single_session.hpp"

#include <array>
#include <csignal>
#include <utility>

#include <poll.h>

#include "os/files.hpp"
#include "ssh/log_causes.hpp"
#include "ssh/master.hpp"

namespace deployctl::ssh {

Result<std::unique_ptr<SingleSession>> SingleSession::start(RunContext& run, SingleCommand command,
                                                            os::BoundedWait& wait) {
  DEPLOYCTL_TRY(os::Pipe input, os::open_pipe());
  DEPLOYCTL_TRY(os::Pipe output, os::open_pipe());
  DEPLOYCTL_TRY(os::Pipe marked, os::open_pipe());
  DEPLOYCTL_TRY(os::Pipe error, os::open_pipe());
  DEPLOYCTL_TRY(os::BackgroundProcess process,
                os::BackgroundProcess::start(
                    command.argv, run.environment,
                    {.in = input.read.get(), .out = output.write.get(), .err = marked.write.get()}));
  Streams streams{
      .input = std::move(input.write), .output = std::move(output.read), .error = std::move(error.read)};
  marked.write.close();
  std::unique_ptr<SingleSession> session(new SingleSession(run, std::move(command), std::move(process),
                                                           std::move(streams), std::move(marked.read),
                                                           std::move(error.write)));
  DEPLOYCTL_CHECK(session->await_begin(wait));
  return session;
}

SingleSession::SingleSession(RunContext& run, SingleCommand command, os::BackgroundProcess process,
                             Streams streams, os::Descriptor marked, os::Descriptor error)
    : run_(run), command_(std::move(command)), process_(std::move(process)), streams_(std::move(streams)),
      errors_(run.clock, std::move(marked), std::move(error), command_.marker) {
  run_.caretaker->watch(process_.pid());
}

SingleSession::~SingleSession() {
  constexpr Milliseconds patience{1'000};
  streams_.input.close();
  if (!process_.exit_code()) {
    process_.signal(SIGTERM);
    os::BoundedWait wait(run_.clock, patience, {}, "the end of ssh");
    (void)wait.readable(process_.end_descriptor()); // beyond that it is ended by force
  }
  run_.caretaker->forget(process_.pid());
}

Status SingleSession::await_begin(os::BoundedWait& wait) {
  std::array<pollfd, 2> entries{pollfd{.fd = errors_.begun_descriptor(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = errors_.ended_descriptor(), .events = POLLIN, .revents = 0}};
  DEPLOYCTL_CHECK(wait.any_of(entries));
  if (errors_.has_begun()) return {};
  return fail(cause_in_log(command_.log, command_.host));
}

Result<SessionEnd> SingleSession::wait(std::stop_token stop) {
  os::BoundedWait wait(run_.clock, std::nullopt, std::move(stop), "the end of a command");
  DEPLOYCTL_CHECK(wait.readable(process_.end_descriptor()));
  constexpr Milliseconds rest{2'000}; // what ssh left in its pipe; a reader that does not read may hold it up
  os::BoundedWait drain(run_.clock, rest, {}, "the last words of a command");
  (void)drain.readable(errors_.ended_descriptor());
  return judge_end();
}

SessionEnd SingleSession::judge_end() {
  constexpr std::size_t longest_log = 1U << 20;
  if (const auto code = errors_.exit_code())
    return {.how = SessionEnd::How::exited, .exit_code = *code, .cause = {}};
  const std::string log = os::read_file(command_.log, longest_log).value_or("");
  if (tells_command_end(log)) return {.how = SessionEnd::How::killed, .exit_code = 0, .cause = {}};
  return {.how = SessionEnd::How::lost, .exit_code = 0, .cause = cause_of_loss(log, command_.host).message};
}

} // namespace deployctl::ssh
