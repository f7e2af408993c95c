#include "ssh/mux_session.hpp"

#include <utility>
#include <variant>

#include "os/spawn.hpp"

namespace deployctl::ssh {

bool is_alive(Master& master, const Clock& clock) {
  constexpr Milliseconds moment{2'000};
  os::BoundedWait wait(clock, moment, {}, "a sign of life of ssh");
  const auto pid = mux::check_alive(master.socket(), wait);
  // Another master may stand at the same place by now.
  return pid && static_cast<pid_t>(*pid) == master.pid();
}

Result<std::unique_ptr<MuxSession>> MuxSession::open(const Clock& clock, std::shared_ptr<Master> master,
                                                     const std::string& command_line, os::BoundedWait& wait) {
  DEPLOYCTL_TRY(os::Pipe input, os::open_pipe());
  DEPLOYCTL_TRY(os::Pipe output, os::open_pipe());
  DEPLOYCTL_TRY(os::Pipe error, os::open_pipe());
  DEPLOYCTL_TRY(
      mux::Channel channel,
      mux::open_session(master->socket(), command_line,
                        {.input = input.read.get(), .output = output.write.get(), .error = error.write.get()},
                        wait));
  Streams streams{
      .input = std::move(input.write), .output = std::move(output.read), .error = std::move(error.read)};
  return std::unique_ptr<MuxSession>(
      new MuxSession(clock, std::move(master), std::move(streams), std::move(channel)));
}

Result<SessionEnd> MuxSession::wait(std::stop_token stop) {
  if (!end_) {
    DEPLOYCTL_TRY(end_, await_end(std::move(stop)));
  }
  return *end_;
}

Result<SessionEnd> MuxSession::await_end(std::stop_token stop) {
  os::BoundedWait wait(clock_, std::nullopt, std::move(stop), "the end of a command");
  for (;;) {
    const auto message = channel_.receive(wait);
    if (message) {
      const auto* const exit = std::get_if<mux::ExitMessage>(&*message);
      if (exit)
        return SessionEnd{
            .how = SessionEnd::How::exited, .exit_code = static_cast<int>(exit->value), .cause = {}};
      continue;
    }
    if (message.error().cause == Cause::cancelled) return fail(message.error());
    // No exit code: the command was killed, or the connection is gone. The master knows.
    if (is_alive(*master_, clock_))
      return SessionEnd{.how = SessionEnd::How::killed, .exit_code = 0, .cause = {}};
    return SessionEnd{.how = SessionEnd::How::lost, .exit_code = 0, .cause = master_->cause_of_end().message};
  }
}

} // namespace deployctl::ssh
