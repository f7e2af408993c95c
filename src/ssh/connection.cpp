#include "ssh/connection.hpp"

#include <cstdint>

#include <fmt/core.h>

#include "os/pause.hpp"
#include "ssh/login_retry.hpp"
#include "ssh/mux_session.hpp"

namespace deployctl::ssh {
Connection::Connection(RunContext& run, Destination destination, std::string identity, FindWay find_way)
    : run_(run), destination_(std::move(destination)), identity_(std::move(identity)),
      find_way_(std::move(find_way)),
      sessions_(Slots::create(run.limits.sessions, "a free session to " + destination_.host)) {}

Result<std::unique_ptr<RemoteSession>> Connection::start(const std::string& command_line,
                                                         std::stop_token stop) {
  DEPLOYCTL_TRY(std::shared_ptr<Master> master, open(stop));
  auto session = start_over(master, command_line, stop);
  if (session || session.error().cause != Cause::network) return session;
  if (is_alive(*master, run_.clock)) return session; // it refused, but it stands
  DEPLOYCTL_TRY(master, open(stop));
  session = start_over(master, command_line, stop);
  if (!session && session.error().cause == Cause::network && !is_alive(*master, run_.clock))
    return fail(master->cause_of_end());
  return session;
}

Result<std::unique_ptr<RemoteSession>> Connection::start_over(const std::shared_ptr<Master>& master,
                                                              const std::string& command_line,
                                                              std::stop_token stop) {
  // A server frees a session a moment after it told its end, so one that is refused alone may follow on
  // another.
  constexpr int most_alone = 20;
  constexpr Milliseconds until_freed{50};
  for (int alone = 0;;) {
    DEPLOYCTL_TRY(Slots::Place place, sessions_->take(stop));
    os::BoundedWait wait(run_.clock, run_.limits.session_timeout, stop, "a session to " + destination_.host);
    auto channel = MuxSession::open(run_.clock, master, command_line, wait);
    if (channel) {
      (*channel)->keep(std::move(place));
      return *std::move(channel);
    }
    // Each round takes away a place or counts as one alone, so this ends.
    const bool is_refused = channel.error().cause == Cause::capacity;
    const bool try_again =
        is_refused && (sessions_->lower() || (++alone <= most_alone && os::pause(until_freed, stop)));
    if (!try_again)
      return fail(std::move(channel).error().in("while starting a command on " + destination_.host));
  }
}

Result<std::shared_ptr<Master>> Connection::open(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (opening_) {
    const std::uint64_t awaited = openings_;
    if (!changed_.wait(lock, stop, [&] { return openings_ != awaited; }))
      return fail(Cause::cancelled,
                  fmt::format("stopped waiting for the SSH connection to {}", destination_.host));
    // Whoever waited shares the result, unless only the one who opened was stopped.
    if (!opening_ && failure_ && failure_->cause != Cause::cancelled) return fail(*failure_);
  }
  if (master_ && master_->is_running()) return master_;
  if (failure_ && is_final(*failure_)) return fail(*failure_);
  opening_ = true;
  master_.reset();
  lock.unlock();
  auto opened = log_in(stop);
  lock.lock();
  opening_ = false;
  ++openings_;
  failure_ = opened ? std::nullopt : std::optional(opened.error());
  if (opened) master_ = *opened;
  changed_.notify_all();
  return opened;
}

Result<Way> Connection::way(std::stop_token stop) {
  if (!way_) {
    DEPLOYCTL_TRY(way_, find_way_(std::move(stop)));
  }
  return *way_;
}

Result<std::shared_ptr<Master>> Connection::log_in(std::stop_token stop) {
  DEPLOYCTL_TRY(const Way where, way(stop));
  return retry_dropped_logins(run_, where.address, stop, [&]() -> Result<std::shared_ptr<Master>> {
    MasterRequest request{
        .client = run_.client, .destination = destination_, .paths = {}, .jump = {}, .through = {}};
    if (where.jump) {
      DEPLOYCTL_TRY(request.jump, where.jump->open(stop));
      DEPLOYCTL_TRY(request.through, way_through(*request.jump, where.target, stop));
    }
    return log_in_once(std::move(request), stop);
  });
}

Result<JumpChannel> Connection::way_through(Master& jump, const mux::Endpoint& target, std::stop_token stop) {
  os::BoundedWait wait(run_.clock, run_.client.connect_timeout, std::move(stop),
                       "the jump host's connection to " + destination_.host);
  auto channel = JumpChannel::open(jump.socket(), target, destination_.host, wait);
  if (!channel && channel.error().cause == Cause::network)
    if (auto lost = loss_of_jump(jump, destination_.host)) return fail(*std::move(lost));
  return channel;
}

Result<std::shared_ptr<Master>> Connection::log_in_once(MasterRequest request, std::stop_token stop) {
  request.directory = run_.directory.path();
  request.paths.socket = run_.directory.socket(identity_);
  request.paths.log = fmt::format("{}.{}", request.paths.socket, openings_);
  os::BoundedWait wait(run_.clock, run_.client.connect_timeout + run_.limits.login_timeout, std::move(stop),
                       "the SSH login at " + destination_.host);
  DEPLOYCTL_TRY(std::unique_ptr<Master> master,
                Master::start(std::move(request), run_.environment, *run_.caretaker, wait));
  return std::shared_ptr<Master>(std::move(master));
}

} // namespace deployctl::ssh
