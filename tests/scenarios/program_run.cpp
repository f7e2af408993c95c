#include "scenarios/program_run.hpp"

#include <algorithm>

#include "cli/program.hpp"

namespace deployctl::scenarios {

ProgramRun::ProgramRun(Setting setting, std::vector<std::string> words)
    : setting_(std::move(setting)), words_(std::move(words)), thread_([this] { run(); }) {}

void ProgramRun::run() {
  simulated::Machine& machine = setting_.machine;
  const cli::Machine simulated{
      .clock = machine.clock,
      .random = machine.random,
      .user = "ann@laptop",
      .streams = {},
      .catalog = [this](const providers::Surroundings&) { return simulated::make_catalog(setting_.world); },
      .outfit =
          [&machine](engine::Environment& environment) {
            environment.skip_to = [&machine](std::chrono::nanoseconds boot) {
              machine.clock.advance_to(boot);
            };
          }};
  std::vector<std::string> words = words_;
  const bool chosen = std::find(words.begin(), words.end(), "--parallel") != words.end();
  if (!chosen && !words.empty()) words.insert(words.end(), {"--parallel", setting_.parallel});
  try {
    code_ = cli::run_program(words, setting_.environment, simulated, output_, output_);
  } catch (const simulated::Died&) {
    output_.write("\n");
  }
}

std::optional<int> ProgramRun::code() {
  if (thread_.joinable()) thread_.join();
  return code_;
}

} // namespace deployctl::scenarios
