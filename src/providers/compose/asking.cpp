#include "providers/compose/asking.hpp"

#include <fmt/core.h>

#include <deployctl/host_state.hpp>

#include "base/field_diff.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "base/time.hpp"
#include "providers/compose/rendering.hpp"
#include "providers/compose/scripts.hpp"
#include "providers/host_facts.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::compose {
namespace {

constexpr Milliseconds observe_time{300'000};
constexpr std::size_t answer_limit = std::size_t{32} << 20;

std::vector<std::string> blocks_of(const Seen& seen, const HostFacts& facts) {
  if (!facts.tools.contains("docker"))
    return {"there is no docker program, by which containers are looked at"};
  std::vector<std::string> blocks;
  if (!seen.no_engine.empty()) blocks.push_back("the container engine cannot be asked: " + seen.no_engine);
  if (!seen.tool)
    blocks.emplace_back("there is no Compose: neither 'docker compose' nor 'docker-compose' runs there");
  return blocks;
}

HostState state_of(const Seen& seen, const Observation& observation, WallTime observed_at) {
  HostState state{
      .now = last_part(seen.current), .since = seen.since, .observed_at = format_time(observed_at)};
  if (const std::string run = text_at(seen.revision, "run"); !run.empty()) state.changed_by = "run " + run;
  const Value* running = observation.managed.find("running");
  if (running && running->map() && !running->map()->empty())
    state.condition = text_at(*running, running->map()->begin()->first);
  else if (!seen.current.empty() && seen.up != seen.current)
    state.condition = "Compose was last told to run another release";
  return state;
}

// Containers whose service neither the live release nor the wanted one has.
Value::List left_over(const Seen& seen, ProjectModel model) {
  for (const std::string& service : keys_at(seen.revision, "services")) model.services.try_emplace(service);
  const std::vector<std::string> names = orphans(seen.standing.containers, model);
  return {names.begin(), names.end()};
}

Value guard_value(const Error& error) {
  return Value::Map{{"cause", to_text(error.cause)}, {"message", error.message}, {"help", error.help}};
}

void add_wanted(Observation& observation, const Seen& seen, const ProjectInputs& inputs) {
  if (!seen.refused.empty()) {
    observation.facts["refused"] = Value::List(seen.refused.begin(), seen.refused.end());
    return;
  }
  if (seen.model.empty()) return; // there is no Compose: the host is blocked
  const auto model =
      read_model(seen.model, {.project = inputs.name, .place = seen.place, .profiles = inputs.profiles});
  if (!model) {
    observation.facts["refused"] = Value::List{model.error().message};
    return;
  }
  observation.facts["model"] = model_value(*model);
  if (Value::List left = left_over(seen, *model); !left.empty())
    observation.facts["orphans"] = std::move(left);
  if (const auto guarded = check_guards(inputs, *model, seen.standing); !guarded)
    observation.facts["guard"] = guard_value(guarded.error());
}

struct Question {
  HostCommand command;
  std::optional<ProjectInputs> inputs; // of what is wanted
};

Result<Question> question_of(ReadSession& session, const Ask& ask, const std::string& socket) {
  const Table<ProjectInputs> table = project_table();
  const Value& named = ask.inputs ? *ask.inputs : ask.recorded;
  Question question{.command = {.operation = "observe",
                                .script = observe_script,
                                .arguments = {socket, text_at(named, "name"), text_at(named, "path")},
                                .timeout = observe_time,
                                .capture_limit = answer_limit}};
  if (!ask.inputs) return question;
  const Value desired = with_defaults(table.fields(), *ask.inputs);
  DEPLOYCTL_TRY(question.inputs, table.decode(desired));
  for (std::string& word : file_arguments(files_of(*question.inputs)))
    question.command.arguments.push_back(std::move(word));
  question.command.environment = rendering_variables(desired);
  DEPLOYCTL_TRY(std::string tar, rendering_tar(session.ports.files, desired));
  question.command.input = std::move(tar);
  return question;
}

Result<Observation> observe_one(ReadSession& session, const Ask& ask, const std::string& socket) {
  DEPLOYCTL_TRY(const Host host, host_of(ask));
  DEPLOYCTL_TRY(const Question question, question_of(session, ask, socket));
  const WallTime before = session.ports.clock.wall();
  DEPLOYCTL_TRY(const HostResult result, run_script(session.ports.hosts, host, question.command,
                                                    fmt::format("cannot look at the project '{}' on '{}'",
                                                                question.command.arguments.at(1), host.name),
                                                    session.stop));
  const WallTime after = session.ports.clock.wall();
  DEPLOYCTL_TRY(const HostAnswer answer, parse_host_answer(result.out, 1));
  const Seen seen = read_project(answer.answers.at(0));
  Observation observation = observation_of(seen);
  if (question.inputs) add_wanted(observation, seen, *question.inputs);
  HostState state = state_of(seen, observation, after);
  state.blocked = blocks_of(seen, answer.facts);
  add_state(observation.facts, state);
  observation.facts["host"] = to_value(answer.facts, clock_offset(answer.facts, before, after));
  return observation;
}

} // namespace

std::vector<Result<Observation>> observe_projects(ReadSession& session, std::span<const Ask> asks,
                                                  const std::string& socket) {
  std::vector<Result<Observation>> answers;
  answers.reserve(asks.size());
  for (const Ask& ask : asks) answers.push_back(observe_one(session, ask, socket));
  return answers;
}

} // namespace deployctl::providers::compose
