#include "cli/interrupts.hpp"

#include <csignal>

namespace deployctl::cli {

using SteadyClock = std::chrono::steady_clock;

Interruption::Interruption(std::optional<Milliseconds> timeout, std::function<void(const std::string&)> say)
    : say_(std::move(say)) {
  // The signals are blocked for this thread first, so that the other one inherits that.
  watch_.emplace([this](int signal) { on_signal(signal); });
  if (timeout) timeout_at_ = SteadyClock::now() + *timeout;
  deadlines_ = std::jthread([this](const std::stop_token& stop) { wait_for_deadlines(stop); });
}

Interruption::~Interruption() {
  watch_.reset();
}

engine::Interrupts Interruption::interrupts() {
  return {.wind_down = wind_down_.get_token(), .abandon = abandon_.get_token(), .signal = [this] {
            return signal_.load();
          }};
}

void Interruption::on_signal(int signal) {
  const bool is_patient = signal == SIGINT; // a terminal that closes ends like SIGTERM
  if (!wind_down_.stop_requested())
    wind_down(is_patient ? SIGINT : SIGTERM, is_patient ? "Ctrl-C" : "SIGTERM", is_patient);
  else if (timed_out_.exchange(false) && !is_patient)
    abandon_soon();
  else
    abandon();
}

void Interruption::wind_down(int signal, const std::string& why, bool is_patient) {
  signal_ = signal;
  if (!wind_down_.request_stop()) return;
  say_(why + ": nothing new starts; " +
       (is_patient ? "what is under way ends by its own rule. Again to abandon it"
                   : "what is not at a safe point in 3 s is abandoned"));
  if (!is_patient) abandon_soon();
}

void Interruption::abandon_soon() {
  const std::lock_guard lock(mutex_);
  abandon_at_ = SteadyClock::now() + abandon_after;
  changed_.notify_all();
}

void Interruption::abandon() {
  if (abandon_.request_stop()) say_("abandoned: what is under way goes on without being watched");
}

void Interruption::wait_for_deadlines(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto next = abandon_at_ ? abandon_at_ : timeout_at_;
    // The predicate ends the wait for a stop and for a deadline that was moved.
    const auto is_moved = [&] { return (abandon_at_ ? abandon_at_ : timeout_at_) != next; };
    const bool moved =
        next ? changed_.wait_until(lock, stop, *next, is_moved) : changed_.wait(lock, stop, is_moved);
    if (moved || stop.stop_requested()) continue;
    lock.unlock();
    if (abandon_at_) {
      abandon();
      return;
    }
    timed_out_ = true;
    wind_down(SIGTERM, "--timeout", true);
    lock.lock();
    timeout_at_.reset();
  }
}

} // namespace deployctl::cli
