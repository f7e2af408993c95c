// The program under test, once: words in, text out, a code back; on this thread or beside it. Its machine is
// simulated: virtual time, seeded randomness, the actions of a World, no terminal.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/machine.hpp"
#include "os/environment.hpp"
#include "scenarios/transcript.hpp"
#include "simulated/catalog.hpp"

namespace deployctl::scenarios {

struct Setting {
  simulated::Machine& machine;
  std::shared_ptr<simulated::World> world;
  os::Environment environment;
  std::string parallel = "1"; // one thing at a time is always in the same order
};

class ProgramRun {
public:
  ProgramRun(Setting setting, std::vector<std::string> words);

  [[nodiscard]] Output& output() { return output_; }
  // Waits for its end; none: it died.
  std::optional<int> code();

private:
  void run();

  Setting setting_;
  std::vector<std::string> words_;
  Output output_;
  std::optional<int> code_;
  std::jthread thread_; // last
};

} // namespace deployctl::scenarios
