#include "cli/approve.hpp"
#include "cli/commands/run.hpp"
#include "cli/endings.hpp"
#include "cli/wiring.hpp"

namespace deployctl::cli {

Result<ExitCode> run_steps(Invocation& invocation) {
  const auto began = invocation.clock.boot();
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  const std::vector<std::string>& words = invocation.line.arguments;
  DEPLOYCTL_TRY(const std::unique_ptr<Wiring> wiring, Wiring::open(invocation, project, words.front()));
  attend(invocation, *wiring);
  const engine::Ending ending = engine::run_steps(wiring->engine(), wiring->pipeline(), wiring->source(),
                                                  {words.begin() + 1, words.end()}, wiring->options());
  return conclude(invocation, *wiring, ending, began);
}

} // namespace deployctl::cli
