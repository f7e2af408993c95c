#include "ssh/master.hpp"

#include <algorithm>
#include <csignal>
#include <string_view>

#include <unistd.h>

#include "base/strings.hpp"
#include "base/system_clock.hpp"
#include "os/files.hpp"
#include "ssh/log_causes.hpp"
#include "ssh/mux_client.hpp"

namespace deployctl::ssh {
namespace {

constexpr std::size_t longest_log = 1U << 20;
constexpr Milliseconds last_words{1'000};

std::optional<std::string> known_fingerprint(const ChangedKey& key) {
  const auto text = os::read_file(key.file, longest_log);
  if (!text || key.line < 1) return std::nullopt;
  const auto lines = split(*text, '\n');
  const auto index = static_cast<std::size_t>(key.line - 1);
  return index < lines.size() ? fingerprint_of(lines[index]) : std::nullopt;
}

} // namespace

Error cause_in_log(const std::string& path, const std::string& host) {
  const std::string log = os::read_file(path, longest_log).value_or("");
  if (const auto key = changed_key_in(log)) return changed_key_error(*key, host, known_fingerprint(*key));
  return cause_in(log, host);
}

Result<std::unique_ptr<Master>> Master::start(MasterRequest request, const os::Environment& environment,
                                              Caretaker& caretaker, os::BoundedWait& wait) {
  ::unlink(request.paths.log.c_str());
  ::unlink(request.paths.socket.c_str()); // of a master that is gone: ssh would go on without multiplexing
  DEPLOYCTL_TRY(const os::Descriptor null, os::open_null());
  const auto argv = master_arguments(request.client, request.destination, request.paths,
                                     request.through ? Carrier::own_streams : Carrier::as_configured);
  const int stream = request.through ? request.through->stream() : null.get();
  std::optional<TouchNotice> touch;
  if (request.client.ask_touch) touch.emplace(request.directory, request.paths.log);
  DEPLOYCTL_TRY(os::BackgroundProcess process,
                os::BackgroundProcess::start(argv, touch ? touch->environment(environment) : environment,
                                             {.in = stream, .out = stream, .err = null.get()}));
  if (request.through) request.through->hand_over();
  std::unique_ptr<Master> master(new Master(std::move(request), std::move(process), caretaker));
  caretaker.watch(master->process_.pid());
  DEPLOYCTL_CHECK(master->become_ready(wait, touch ? &*touch : nullptr));
  return master;
}

Status Master::become_ready(os::BoundedWait& wait, TouchNotice* touch) {
  constexpr Milliseconds between_looks{10};
  for (;;) {
    if (!is_running()) return fail(cause_in_log(request_.paths.log, request_.destination.host));
    if (const auto question = touch ? touch->take() : std::nullopt)
      request_.client.ask_touch(request_.destination.host, *question);
    // ssh puts the socket there with one rename, after the login and ready to be connected.
    if (::access(socket().c_str(), F_OK) == 0 && mux::check_alive(socket(), wait)) return {};
    DEPLOYCTL_CHECK(wait.pause(between_looks, process_.end_descriptor()));
  }
}

bool Master::is_running() {
  const std::scoped_lock lock(mutex_);
  return !process_.exit_code();
}

std::optional<Error> loss_of_jump(Master& jump, const std::string& host) {
  const SystemClock clock;
  // Asked, because one that is just about to end has closed its channels, but still runs.
  os::BoundedWait answer(clock, last_words, {}, "the jump host's ssh");
  if (mux::check_alive(jump.socket(), answer)) return std::nullopt;
  Error error = jump.cause_of_end();
  error.message = host + ": its jump host was lost: " + error.message;
  return error;
}

Error Master::cause_of_end() {
  const SystemClock clock;
  os::BoundedWait wait(clock, last_words, {}, "the end of ssh");
  if (is_running()) (void)wait.readable(process_.end_descriptor());
  if (request_.jump)
    if (auto lost = loss_of_jump(*request_.jump, request_.destination.host)) return *std::move(lost);
  const std::string log = os::read_file(request_.paths.log, longest_log).value_or("");
  return cause_of_loss(log, request_.destination.host);
}

Master::~Master() {
  constexpr Milliseconds patience{1'000};
  if (is_running()) {
    process_.signal(SIGTERM);
    const SystemClock clock;
    os::BoundedWait wait(clock, patience, {}, "the end of ssh");
    (void)wait.readable(process_.end_descriptor()); // beyond that it is ended by force
  }
  caretaker_.forget(process_.pid());
}

} // namespace deployctl::ssh
