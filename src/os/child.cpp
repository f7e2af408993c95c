#include "os/child.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sanitize.hpp"
#include "os/capture.hpp"
#include "os/descriptor.hpp"
#include "os/files.hpp"
#include "os/spawn.hpp"
#include "os/wake.hpp"

namespace deployctl::os {
namespace {

using std::chrono::nanoseconds;

// One output stream of the child: read as it comes, kept for the result, passed on line by line.
class OutputStream {
public:
  OutputStream(Stream stream, std::size_t limit, LineSink* sink)
      : capture_(limit), lines_([stream, sink](std::string_view line) {
          if (sink) sink->line(stream, line);
        }) {}

  Result<Descriptor> open() { // gives the child's end
    DEPLOYCTL_TRY(Pipe pipe, open_pipe());
    if (::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) != 0)
      return fail(system_error("cannot set up", "a pipe", errno));
    read_ = std::move(pipe.read);
    return std::move(pipe.write);
  }

  void read_available() {
    std::array<char, 64U << 10> buffer; // NOLINT: filled by read
    // Bounded, so that a child that never stops writing cannot keep us from looking at the clock.
    for (int round = 0; round < 16 && read_.is_open(); ++round) {
      const ssize_t got = ::read(read_.get(), buffer.data(), buffer.size());
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (got <= 0) return read_.close();
      const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
      capture_.add(bytes);
      lines_.feed(bytes);
    }
  }

  std::string finish() {
    lines_.finish();
    return capture_.text();
  }

  [[nodiscard]] bool is_open() const { return read_.is_open(); }
  [[nodiscard]] pollfd poll_entry() const { return {.fd = read_.get(), .events = POLLIN, .revents = 0}; }

private:
  Descriptor read_;
  Capture capture_;
  LineSplitter lines_;
};

class Child {
public:
  Child(const Clock& clock, const ChildRequest& request)
      : clock_(clock), request_(request), out_(Stream::out, request.capture_limit, request.output),
        err_(Stream::err, request.capture_limit, request.output) {}

  Status start() {
    DEPLOYCTL_TRY(const Descriptor in, open_input());
    DEPLOYCTL_TRY(const Descriptor out, out_.open());
    DEPLOYCTL_TRY(const Descriptor err, err_.open());
    DEPLOYCTL_TRY(pid_, spawn(request_, {.in = in.get(), .out = out.get(), .err = err.get()}));
    // By number, because glibc 2.36 declares the function without C linkage. Not on kernels before 5.3: then
    // the end is asked for.
    exit_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    return {};
  }

  ChildResult finish(const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] { wake_.notify(); });
    deadline_ = clock_.boot() + request_.timeout;
    while (!is_done()) {
      wait();
      out_.read_available();
      err_.read_available();
      observe_end();
      apply_limits(stop.stop_requested());
    }
    if (phase_ != Phase::running) ::kill(-pid_, SIGKILL); // whatever of the group is left
    reap();
    result_.out = out_.finish();
    result_.err = err_.finish();
    return std::move(result_);
  }

private:
  enum class Phase { running, terminating, killed };

  Result<Descriptor> open_input() const {
    const std::string_view bytes = request_.input.plain() ? std::string_view(*request_.input.plain())
                                                          : request_.input.secret()->reveal();
    if (request_.input.secret() && !request_.input.secret()->is_resolved())
      return fail(Cause::internal, "the secret '" + request_.input.secret()->name() + "' has no value yet");
    if (!bytes.empty()) return memory_file(bytes);
    Descriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!null.is_open()) return fail(system_error("cannot open", "/dev/null", errno));
    return null;
  }

  // The end of the child, and of its output; a grandchild may hold that open for longer than we wait.
  [[nodiscard]] bool is_done() const {
    return ended_ && ((!out_.is_open() && !err_.is_open()) || clock_.boot() >= deadline_);
  }

  void wait() {
    constexpr Milliseconds without_pidfd{20};
    auto limit = std::max(std::chrono::ceil<Milliseconds>(deadline_ - clock_.boot()), Milliseconds(0));
    if (!exit_.is_open() && !ended_) limit = std::min(limit, without_pidfd);
    if (phase_ == Phase::killed && !ended_)
      limit = Milliseconds(1'000);                 // only the kernel can keep it from ending
    limit = std::min(limit, Milliseconds(60'000)); // poll counts in int; the loop asks again
    const int exit = ended_ ? -1 : exit_.get();
    const int wake = phase_ == Phase::running && !ended_ ? wake_.descriptor() : -1;
    std::array<pollfd, 4> entries{out_.poll_entry(), err_.poll_entry(),
                                  pollfd{.fd = exit, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = wake, .events = POLLIN, .revents = 0}};
    ::poll(entries.data(), entries.size(), static_cast<int>(limit.count()));
  }

  // Sees the end without reaping, so that pid and group stay ours until the last signal is sent.
  void observe_end() {
    constexpr Milliseconds drain{200};
    if (ended_) return;
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
      return;
    ended_ = true;
    result_.exit_code = info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status;
    if (phase_ == Phase::running) deadline_ = clock_.boot() + drain;
  }

  void apply_limits(bool stop_requested) {
    const auto now = clock_.boot();
    if (phase_ == Phase::running && !ended_ && (stop_requested || now >= deadline_)) {
      (stop_requested ? result_.cancelled : result_.timed_out) = true;
      ::kill(-pid_, SIGTERM);
      phase_ = Phase::terminating;
      deadline_ = now + request_.grace;
    } else if (phase_ == Phase::terminating && !ended_ && now >= deadline_) {
      ::kill(-pid_, SIGKILL);
      phase_ = Phase::killed;
    }
  }

  void reap() const {
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  const Clock& clock_;
  const ChildRequest& request_;
  OutputStream out_;
  OutputStream err_;
  Wake wake_;
  Descriptor exit_;
  pid_t pid_ = -1;
  Phase phase_ = Phase::running;
  bool ended_ = false;
  nanoseconds deadline_{0}; // of this phase, then of reading what is left
  ChildResult result_;
};

} // namespace

Result<ChildResult> run_child(const Clock& clock, const ChildRequest& request, std::stop_token stop) {
  if (stop.stop_requested())
    return fail(Cause::cancelled, "stopped before '" + request.argv.front() + "' was started");
  Child child(clock, request);
  DEPLOYCTL_CHECK(child.start());
  return child.finish(stop);
}

} // namespace deployctl::os
