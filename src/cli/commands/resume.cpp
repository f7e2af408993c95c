#include "cli/approve.hpp"
#include "cli/commands/run.hpp"
#include "cli/endings.hpp"
#include "cli/named_run.hpp"
#include "cli/wiring.hpp"

namespace deployctl::cli {
namespace {

Result<std::vector<engine::Assumption>> assumptions_on(const CommandLine& line) {
  std::vector<engine::Assumption> all;
  for (const std::string& text : line.values("assume")) {
    DEPLOYCTL_TRY(engine::Assumption one, engine::assumption_from(text));
    all.push_back(std::move(one));
  }
  return all;
}

} // namespace

// `recover` is `resume` with a person's word about what nothing else can tell.
Result<ExitCode> run_resume(Invocation& invocation) {
  const auto began = invocation.clock.boot();
  DEPLOYCTL_TRY(const std::vector<engine::Assumption> assumptions, assumptions_on(invocation.line));
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const std::optional<NamedRun> named, named_run(invocation, project));
  if (!named) {
    invocation.console.answer("No run is pending: there is nothing to go on with.\n",
                              Value::Map{{"outcome", "nothing_to_do"}, {"exit_code", 0}});
    return ExitCode::done;
  }
  DEPLOYCTL_TRY(const std::unique_ptr<Wiring> wiring,
                Wiring::open(invocation, project, named->environment, named->run));
  attend(invocation, *wiring);
  const engine::Ending ending = engine::resume_run(wiring->engine(), wiring->pipeline(), wiring->source(),
                                                   named->run, assumptions, wiring->options());
  return conclude(invocation, *wiring, ending, began);
}

} // namespace deployctl::cli
