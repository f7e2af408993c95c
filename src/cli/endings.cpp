#include "cli/endings.hpp"

#include <cstdlib>

#include "ui/ending.hpp"
#include "ui/error_text.hpp"

namespace deployctl::cli {
namespace {

std::string stage_name(const engine::Choice& choice) {
  return choice.step + (choice.target.empty() ? "" : "@" + choice.target) + ", stage " + choice.stage;
}

ui::Ending view_of(const engine::Ending& ending, const config::Pipeline& pipeline, Milliseconds elapsed) {
  ui::Ending view{.outcome = std::string(engine::to_text(ending.outcome)),
                  .exit_code = ending.exit_code,
                  .subject = pipeline.stack(),
                  .error = ending.error,
                  .next_command = ending.next_command,
                  .log = ending.journal,
                  .elapsed = elapsed};
  const std::string& version = ending.release_version;
  if (ending.release_number > 0)
    view.release =
        "release " + std::to_string(ending.release_number) + (version.empty() ? "" : ", version " + version);
  for (const engine::WorldLine& line : ending.world)
    view.world.push_back({std::string(engine::to_text(line.kind)), line.step, line.target, line.detail});
  view.not_started = ending.not_started;
  for (const engine::Choice& choice : ending.choices)
    view.choices.push_back({.stage = stage_name(choice), .why = choice.why, .answers = choice.answers});
  return view;
}

} // namespace

ExitCode conclude(Invocation& invocation, const Wiring& wiring, const engine::Ending& ending,
                  std::chrono::nanoseconds began) {
  return conclude(invocation, wiring.pipeline(), ending, began);
}

ExitCode conclude(Invocation& invocation, const config::Pipeline& pipeline, const engine::Ending& ending,
                  std::chrono::nanoseconds began, const Value::Map& marks) {
  invocation.events.settle();
  const auto elapsed = std::chrono::duration_cast<Milliseconds>(invocation.clock.boot() - began);
  const ui::Ending view = view_of(ending, pipeline, elapsed);
  const auto code = static_cast<ExitCode>(ending.exit_code);
  Value document = engine::to_value(ending);
  if (ending.error) document["error"] = ui::error_value(*ending.error);
  for (const auto& [name, value] : marks) document[name] = value;
  document["elapsed_ms"] = static_cast<std::int64_t>(elapsed.count());
  // What failed is for standard error, also when only that is wanted; how the world is, is the command's
  // answer.
  const std::string text = ui::ending_text(view, ending.exit_code == 0 ? invocation.console.out_style()
                                                                       : invocation.console.err_style());
  if (ending.exit_code == 0)
    invocation.console.answer(text, document);
  else
    invocation.console.answer_failure(text, document);
  return code;
}

void leave_process(Invocation& invocation, const Wiring& wiring, const engine::Ending& ending,
                   std::chrono::nanoseconds began) {
  const ExitCode code = conclude(invocation, wiring, ending, began);
  invocation.console.conclude(code);
  invocation.events.finish(code, "");
  invocation.console.finish();
  std::_Exit(static_cast<int>(code));
}

} // namespace deployctl::cli
