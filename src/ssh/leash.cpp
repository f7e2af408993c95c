#include "ssh/leash.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>

#include <fcntl.h>
#include <poll.h>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/wiped.hpp"
#include "os/files.hpp"
#include "os/wake.hpp"
#include "ssh/session_output.hpp"

namespace deployctl::ssh {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t evidence_lines = 20;
constexpr Milliseconds until_host_gives_up{15'000}; // behind our own deadline: we ask first
// A server tells the end before what is still on its way; who goes on talking behind it is not waited for.
constexpr Milliseconds silence_at_end{1'000};
constexpr Milliseconds longest_rest{30'000};

Status unblock(const os::Descriptor& end) {
  if (::fcntl(end.get(), F_SETFL, ::fcntl(end.get(), F_GETFL) | O_NONBLOCK) == 0) return {};
  return fail(os::system_error("cannot set up", "a pipe", errno));
}

class LeashedCommand {
public:
  LeashedCommand(const Clock& clock, const LeashRequest& request, const std::string& nonce,
                 std::unique_ptr<RemoteSession> session, std::vector<std::string_view> texts)
      : clock_(clock), request_(request), session_(std::move(session)),
        in_(session_->streams().input, std::move(texts), request.source),
        out_(session_->streams().output, nonce, Stream::out, request.capture_limit, request.output),
        err_(session_->streams().error, nonce, Stream::err, request.capture_limit, request.output) {}

  Result<HostResult> finish(const std::stop_token& stop) {
    for (const os::Descriptor* end :
         {&session_->streams().input, &session_->streams().output, &session_->streams().error})
      DEPLOYCTL_CHECK(unblock(*end));
    const std::stop_callback wake(stop, [this] { wake_.notify(); });
    deadline_ = clock_.boot() + request_.timeout;
    while (!is_done()) {
      wait();
      if (const Status sent = in_.write_available(); !sent) give_up(sent.error());
      read_outputs();
      DEPLOYCTL_CHECK(observe_end());
      apply_limits(stop.stop_requested());
    }
    return result();
  }

private:
  // The end of the session, and of its output: something that the script started may hold that open, and then
  // says nothing for a while. However late we look, what is there is read first.
  [[nodiscard]] bool is_done() const {
    const bool late = clock_.boot() >= deadline_;
    if (!end_) return phase_ == Phase::ending && late;
    return (!out_.is_open() && !err_.is_open()) || (late && (is_silent_ || clock_.boot() >= last_moment_));
  }

  void read_outputs() {
    const bool said_out = out_.read_available();
    const bool said_err = err_.read_available();
    is_silent_ = !said_out && !said_err;
    if (end_ && !is_silent_) deadline_ = std::min<nanoseconds>(clock_.boot() + silence_at_end, last_moment_);
  }

  void wait() {
    auto limit = std::max(std::chrono::ceil<Milliseconds>(deadline_ - clock_.boot()), Milliseconds(0));
    limit = std::min(limit, Milliseconds(60'000)); // poll counts in int; the loop asks again
    const int end = end_ ? -1 : session_->end_descriptor();
    const int wake = phase_ == Phase::running && !end_ ? wake_.descriptor() : -1;
    std::array<pollfd, 5> entries{in_.poll_entry(), out_.poll_entry(), err_.poll_entry(),
                                  pollfd{.fd = end, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = wake, .events = POLLIN, .revents = 0}};
    ::poll(entries.data(), entries.size(), static_cast<int>(limit.count()));
    ended_ = (entries[3].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
  }

  Status observe_end() {
    if (end_ || !ended_) return {};
    DEPLOYCTL_TRY(end_, session_->wait({}));
    deadline_ = clock_.boot() + silence_at_end;
    last_moment_ = clock_.boot() + longest_rest;
    is_silent_ = false;
    return {};
  }

  void apply_limits(bool stop_requested) {
    if (end_ || phase_ == Phase::ending) return;
    if (!stop_requested && clock_.boot() < deadline_) return;
    (stop_requested ? cancelled_ : timed_out_) = true;
    end_input();
  }

  // The end of our input is what ends the script. Who does not hear it has lost us, or will at its own limit.
  void end_input() {
    constexpr Milliseconds on_the_way{3'000};
    in_.close();
    phase_ = Phase::ending;
    deadline_ = clock_.boot() + request_.grace + on_the_way;
  }

  void give_up(const Error& error) {
    source_error_ = error;
    end_input();
  }

  Result<HostResult> result() {
    const bool began = out_.began() || err_.began();
    HostResult answer{.exit_code = end_ && end_->how == SessionEnd::How::exited ? end_->exit_code : 128 + 9,
                      .timed_out = timed_out_,
                      .cancelled = cancelled_,
                      .out = out_.finish(),
                      .err = err_.finish()};
    if (source_error_) return fail(*source_error_);
    if (timed_out_ || cancelled_) return answer;
    if (end_->how == SessionEnd::How::exited && began) return answer;
    return fail(error_of(*end_, answer));
  }

  [[nodiscard]] Error error_of(const SessionEnd& end, const HostResult& answer) const {
    if (end.how == SessionEnd::How::lost) {
      const std::string why = end.cause.empty() ? std::string() : ": " + end.cause;
      return {.cause = Cause::network,
              .message = fmt::format("the connection was lost during {}{}", request_.what, why),
              .evidence = last_lines(answer.err, evidence_lines),
              .retryable = !in_.sent_texts()};
    }
    if (end.how == SessionEnd::How::killed)
      return {.cause = Cause::command_failed,
              .message = fmt::format("the host killed {}", request_.what),
              .evidence = last_lines(answer.err, evidence_lines)};
    std::vector<std::string> said = last_lines(out_.before() + err_.before(), evidence_lines);
    if (!said.empty() && said.back().starts_with(fence_words))
      return {.cause = Cause::superseded,
              .message = fmt::format("{} was refused: {}", request_.what, said.back()),
              .help = "a later run has taken over; look at what is live with `status`"};
    const std::string why =
        said.empty() ? fmt::format("its login shell ended with {}", end.exit_code) : said.back();
    return {
        .cause = Cause::command_failed,
        .message = fmt::format("{} could not begin: {}", request_.what, why),
        .help =
            "the login shell there has to take commands, and mkfifo, setsid and dd have to be on its PATH",
        .evidence = std::move(said)};
  }

  enum class Phase { running, ending };

  const Clock& clock_;
  const LeashRequest& request_;
  std::unique_ptr<RemoteSession> session_;
  SessionInput in_;
  SessionOutput out_;
  SessionOutput err_;
  os::Wake wake_;
  Phase phase_ = Phase::running;
  bool ended_ = false;     // seen by poll
  bool is_silent_ = false; // at the last look
  std::optional<SessionEnd> end_;
  std::optional<Error> source_error_;
  bool timed_out_ = false;
  bool cancelled_ = false;
  nanoseconds deadline_{0};    // of this phase, then of reading what is left
  nanoseconds last_moment_{0}; // of the latter
};

} // namespace

Result<HostResult> run_leashed(RemoteShell& shell, const Clock& clock, Random& random,
                               const LeashRequest& request, std::stop_token stop) {
  if (stop.stop_requested()) return fail(Cause::cancelled, fmt::format("stopped before {}", request.what));
  const std::string nonce = random_hex(random, 8);
  DEPLOYCTL_TRY(std::string text, leash_run(request.script, nonce));
  const Wiped run(std::move(text)); // variables may be secret
  DEPLOYCTL_TRY(const std::string_view input, bytes_of(request.input));
  const std::string header = leash_header(
      nonce, run->size(), input.size(), request.timeout + request.grace + until_host_gives_up, request.grace);
  const std::string go = nonce + "\n";
  DEPLOYCTL_TRY(std::unique_ptr<RemoteSession> session, shell.start(leash_command_line(), stop));
  LeashedCommand command(clock, request, nonce, std::move(session), {header, *run, input, go});
  return command.finish(stop);
}

} // namespace deployctl::ssh
