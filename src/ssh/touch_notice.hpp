// "Touch your key": ssh asks for the touch of a hardware key by its askpass program when it has no terminal.
// Ours only notes the question in a file, which whoever waits for the login reads and tells a person. Every
// other question (a password, a PIN) gets no answer. Not used when nobody is there.
#pragma once

#include <optional>
#include <string>

#include <deployctl/result.hpp>

#include "os/environment.hpp"

namespace deployctl::ssh {

class TouchNotice {
public:
  // Writes the askpass program into the run's directory.
  static Status install(const std::string& directory);

  // For one login, whose question is noted beside its log.
  TouchNotice(std::string directory, const std::string& log);
  [[nodiscard]] os::Environment environment(os::Environment base) const;
  // The question, once for each time it was asked.
  std::optional<std::string> take();

private:
  std::string program_;
  std::string note_;
};

} // namespace deployctl::ssh
