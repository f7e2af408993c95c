// Carries a marked command's standard error from ssh to the reader of the session, without the marks. A
// thread of its own, for as long as the session lives.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <deployctl/ports/clock.hpp>

#include "os/descriptor.hpp"
#include "os/wake.hpp"
#include "ssh/marked_command.hpp"

namespace deployctl::ssh {

class ErrorPump {
public:
  ErrorPump(const Clock& clock, os::Descriptor from, os::Descriptor to, std::string marker);

  [[nodiscard]] int begun_descriptor() const {
    return begun_.descriptor();
  } // readable once the command began
  [[nodiscard]] int ended_descriptor() const { return ended_.descriptor(); } // readable once all was read
  [[nodiscard]] bool has_begun();
  [[nodiscard]] std::optional<int> exit_code(); // as the command told it

private:
  void carry(const std::stop_token& stop);
  bool pass_on(std::string_view bytes, const std::stop_token& stop);

  const Clock& clock_;
  os::Descriptor from_;
  os::Descriptor to_;
  os::Wake begun_;
  os::Wake ended_;
  std::mutex mutex_;
  MarkFilter filter_;
  std::jthread thread_; // last: it uses the others
};

} // namespace deployctl::ssh
