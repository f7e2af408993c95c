#include <algorithm>
#include <mutex>
#include <set>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "base/ulid.hpp"
#include "cli/commands/run.hpp"
#include "cli/endings.hpp"
#include "cli/interrupts.hpp"
#include "cli/loading.hpp"
#include "engine/admission.hpp"
#include "engine/engine.hpp"
#include "engine/file_inputs.hpp"
#include "engine/rehearsal/machine.hpp"
#include "engine/rehearsal/stand_in.hpp"
#include "os/tree.hpp"
#include "policy/freeze.hpp"
#include "secrets/resolver.hpp"
#include "state/history.hpp"
#include "state/local_state.hpp"

namespace deployctl::cli {
namespace {

namespace rehearsal = engine::rehearsal;

Result<std::string> chosen_step(const Invocation& invocation, const config::Pipeline& pipeline,
                                std::string_view flag) {
  const std::string name = invocation.line.value(flag).value_or("");
  const auto same = [&](const config::Step& step) { return step.id == name; };
  if (name.empty() || std::any_of(pipeline.steps.begin(), pipeline.steps.end(), same)) return name;
  std::string steps;
  for (const config::Step& step : pipeline.steps) steps += (steps.empty() ? "" : ", ") + step.id;
  return fail(Cause::config, fmt::format("'{}' is not a step of '{}'", name, pipeline.environment),
              "steps: " + steps);
}

// Everything a run needs, with nothing real in it but the pipeline and its files.
class Rehearsal {
public:
  static Result<std::unique_ptr<Rehearsal>> open(Invocation& invocation, const Project& project,
                                                 Loaded loaded);

  engine::Ending run();

  [[nodiscard]] const config::Pipeline& pipeline() const { return loaded_.pipeline; }

private:
  Rehearsal(Invocation& invocation, const Project& project, Loaded loaded, os::TemporaryDirectory directory,
            std::uint64_t seed)
      : invocation_(invocation), loaded_(std::move(loaded)), directory_(std::move(directory)),
        machine_(invocation.clock.wall(), seed),
        files_(project.directory), source_{.files = &files_,
                                           .directory = project.directory,
                                           .version = loaded_.pipeline.release_version} {}

  Status open_state();
  Status open_secrets();
  void know_source();
  void meet_rules();
  bool thaw();
  engine::Approval answer(const std::string& step);
  engine::Ending first_command();
  [[nodiscard]] engine::Environment environment();
  void say(const std::string& message) const;

  Invocation& invocation_;
  Loaded loaded_;
  os::TemporaryDirectory directory_;
  rehearsal::Machine machine_;
  engine::LocalFiles files_;
  engine::Source source_;
  Catalog stand_ins_;
  std::string kill_;
  std::mutex asked_mutex_;
  std::set<std::string> asked_; // steps whose approval was asked for
  std::optional<state::LocalState> state_;
  std::optional<state::History> history_;
  std::map<std::string, std::string, std::less<>> placeholders_;
  std::optional<secrets::Resolver> resolver_;
  std::optional<Interruption> interruption_;
};

Result<std::unique_ptr<Rehearsal>> Rehearsal::open(Invocation& invocation, const Project& project,
                                                   Loaded loaded) {
  rehearsal::Mishaps mishaps;
  DEPLOYCTL_TRY(mishaps.fail, chosen_step(invocation, loaded.pipeline, "fail"));
  DEPLOYCTL_TRY(mishaps.kill, chosen_step(invocation, loaded.pipeline, "kill"));
  if (const auto seed = invocation.line.value("seed")) mishaps.seed = std::stoull(*seed);
  DEPLOYCTL_TRY(auto directory, os::TemporaryDirectory::create(os::temporary_parent(invocation.environment),
                                                               "deployctl-rehearsal-"));
  std::unique_ptr<Rehearsal> made(
      new Rehearsal(invocation, project, std::move(loaded), std::move(directory), mishaps.seed + 1));
  made->kill_ = mishaps.kill;
  made->stand_ins_ =
      rehearsal::stand_ins(made->loaded_.catalog, std::make_shared<rehearsal::StandInWorld>(mishaps));
  DEPLOYCTL_CHECK(made->open_state());
  DEPLOYCTL_CHECK(made->open_secrets());
  made->know_source();
  made->interruption_.emplace(invocation.options.timeout, [&invocation](const std::string& message) {
    invocation.events.stream().emit({.type = "signal", .level = Level::warning, .message = message});
  });
  return made;
}

Status Rehearsal::open_state() {
  DEPLOYCTL_TRY(state_, state::LocalState::open(directory_.path(), invocation_.random));
  DEPLOYCTL_TRY(state::History history, state::History::open(state_->history_path()));
  history_.emplace(std::move(history));
  return {};
}

// What the rules about who may deploy what are asked with.
void Rehearsal::know_source() {
  const auto& git = loaded_.surroundings.facts.git;
  if (!git) return;
  source_.commit = git->sha;
  source_.branch = git->branch;
  source_.tags = git->tags;
  source_.dirty = git->dirty;
}

// No store is asked: each secret is a placeholder of its own.
Status Rehearsal::open_secrets() {
  DEPLOYCTL_TRY(const state::StackState stack, state_->stack(loaded_.pipeline.stack()));
  DEPLOYCTL_TRY(Secret key, stack.key());
  std::vector<secrets::Declaration> declarations;
  for (const config::SecretDeclaration& secret : loaded_.pipeline.secrets) {
    const std::string name = fmt::format("REHEARSAL_{}", declarations.size());
    placeholders_.emplace(name, "placeholder-of-" + secret.name);
    declarations.push_back({.name = secret.name, .reference = "env://" + name});
  }
  resolver_.emplace(
      std::move(declarations),
      secrets::Sources{.environment = placeholders_,
                       .read_file = [](const std::string& path, std::size_t) -> Result<std::string> {
                         return fail(Cause::internal, "a rehearsal reads no secret: " + path);
                       },
                       .processes = machine_.ports().processes,
                       .directory = directory_.path()},
      invocation_.redactions, std::move(key));
  return {};
}

engine::Environment Rehearsal::environment() {
  return {.catalog = stand_ins_,
          .ports = machine_.ports(),
          .state = *state_,
          .history = *history_,
          .resolver = *resolver_,
          .redactions = invocation_.redactions,
          .events = invocation_.events.stream(),
          .interrupts = interruption_->interrupts(),
          .approve =
              [](const plan::Plan&) {
                return engine::Approval{.granted = true, .by = "nobody", .how = "rehearsal"};
              },
          .approve_step = [this](const plan::Plan&, const std::string& step,
                                 const std::stop_token&) { return answer(step); },
          .parallel = invocation_.options.parallel,
          .tool = DEPLOYCTL_VERSION,
          .user_at_host = "rehearsal",
          .command = "rehearse " + loaded_.pipeline.environment,
          .skip_to = [this](std::chrono::nanoseconds boot) { machine_.skip_to(boot); }};
}

void Rehearsal::say(const std::string& message) const {
  invocation_.events.stream().emit({.type = "notice", .message = "rehearsal: " + message});
}

// Nobody is there at first: the run parks. Whoever goes on with it has the answer.
engine::Approval Rehearsal::answer(const std::string& step) {
  const std::lock_guard lock(asked_mutex_);
  if (asked_.insert(step).second) return {.reason = "nobody has answered yet"};
  return {.granted = true, .by = "nobody", .how = "rehearsal"};
}

// What a real apply would meet first. Signatures are not rehearsed, only where the run waits for them.
void Rehearsal::meet_rules() {
  config::Pipeline& pipeline = loaded_.pipeline;
  engine::warn_of_rules(environment(), pipeline, source_, std::nullopt);
  pipeline.allow.reset();
  if (pipeline.approval && pipeline.approval->is_signed())
    say(fmt::format("the plan would need {} of {} to sign it; they have", pipeline.approval->quorum,
                    join(pipeline.approval->by, ", ")));
  pipeline.approval.reset();
  for (config::Step& step : pipeline.steps)
    if (step.approval) step.approval = config::ApprovalRule{};
  thaw();
}

// Waits, in no time, until nothing is frozen any more; false: nothing was.
bool Rehearsal::thaw() {
  const Clock& clock = machine_.ports().clock;
  const auto frozen = policy::frozen_at(loaded_.pipeline.freeze, clock.wall());
  if (!frozen || !*frozen) return false;
  say(fmt::format("it is {}; the clock goes on", policy::to_text(**frozen)));
  if (const auto until = (*frozen)->until)
    machine_.skip_to(clock.boot() + (*until - clock.wall()) + std::chrono::milliseconds(1));
  else
    loaded_.pipeline.freeze.clear(); // without an end: what comes behind it would never be seen
  return true;
}

engine::Ending Rehearsal::first_command() {
  engine::Environment first = environment();
  try {
    return engine::apply(first, loaded_.pipeline, source_, std::nullopt, {});
  } catch (const rehearsal::Killed&) {
    say(fmt::format("the process died in '{}'; this is the next command", kill_));
    engine::Environment next = environment();
    return engine::apply(next, loaded_.pipeline, source_, std::nullopt, {});
  }
}

engine::Ending Rehearsal::run() {
  constexpr int most_waits = 10'000; // each step waits once, and before each of its waves for a freeze
  say(fmt::format("{} against simulated targets; nothing is touched", loaded_.pipeline.stack()));
  meet_rules();
  engine::Ending ending = first_command();
  for (int waits = 0; waits < most_waits && ending.outcome == engine::Outcome::parked; ++waits) {
    say("the run keeps its place: " + (ending.error ? ending.error->message : std::string()));
    if (!thaw()) say("somebody approves");
    engine::Environment next = environment();
    ending = engine::resume_run(next, loaded_.pipeline, source_, ending.run, {}, {});
  }
  say("it is over; nothing was touched");
  // Of the run and its records nothing is left that could be named.
  ending.next_command.clear();
  ending.journal.clear();
  return ending;
}

} // namespace

Result<ExitCode> run_rehearse(Invocation& invocation) {
  const auto began = invocation.clock.boot();
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  const std::string environment = invocation.line.argument(0);
  DEPLOYCTL_CHECK(check_environment(project, environment));
  const std::string run_id = UlidSource(invocation.clock, invocation.random).next();
  DEPLOYCTL_CHECK(invocation.events.open(run_id));
  DEPLOYCTL_TRY(Loaded loaded, load_environment(invocation, project, environment, {.run_id = run_id}));
  DEPLOYCTL_TRY(const auto rehearsed, Rehearsal::open(invocation, project, std::move(loaded)));
  const engine::Ending ending = rehearsed->run();
  return conclude(invocation, rehearsed->pipeline(), ending, began, {{"rehearsal", true}});
}

} // namespace deployctl::cli
