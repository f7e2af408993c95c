#include "providers/docker/service_work.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "providers/docker/container_fields.hpp"
#include "providers/docker/image_presence.hpp"
#include "providers/docker/labels.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::Labels;
using State = Confirmation::State;

constexpr const char* no_restart = "no";

Labels labels_of(const std::string& stack, const ServiceMove& move, const Intent& intent) {
  Labels labels = service_labels(stack, move.service);
  labels.insert({{step_label, intent.step},
                 {target_label, intent.target},
                 {run_label, intent.run},
                 {release_label, intent.ask.release},
                 {configuration_label, move.configuration},
                 {inputs_label, to_json(shown(configuration_of(intent.change.desired)), JsonMode::plain)}});
  return labels;
}

bool is_retired(const Container& container) {
  return !is_active(container.status) && !has_taken_over(container);
}

const Container* named(const ServiceState& state, const std::string& name) {
  const auto found = std::ranges::find(state.all, name, &Container::name);
  return found == state.all.end() ? nullptr : &*found;
}

bool others_are_retired(const ServiceState& state, const std::string& name) {
  return std::ranges::all_of(state.all,
                             [&](const Container& one) { return one.name == name || is_retired(one); });
}

bool others_have_ended(const ServiceState& state, const std::string& name) {
  return std::ranges::all_of(
      state.all, [&](const Container& one) { return one.name == name || !is_active(one.status); });
}

bool is_done(const std::string& stage, const ServiceMove& move, const ServiceState& state) {
  if (stage == stage_remove) return others_are_retired(state, "");
  const Container* to = named(state, move.to);
  const bool runs = to && is_active(to->status);
  if (stage == stage_start) return runs && (!move.stop_first || others_have_ended(state, move.to));
  const bool is_live = runs && to->restart_policy == move.restart && others_are_retired(state, move.to);
  if (stage == stage_take_over) return is_live;
  if (stage != stage_back) return false;
  if (move.made_here && named(state, move.from)) return false;
  return is_live || (move.to.empty() && others_are_retired(state, ""));
}

} // namespace

Status ServiceWork::run(const std::string& stage) {
  using Work = Status (ServiceWork::*)();
  static constexpr std::array<std::pair<std::string_view, Work>, 6> stages = {{
      {stage_pull, &ServiceWork::pull},
      {stage_start, &ServiceWork::start},
      {stage_take_over, &ServiceWork::take_over},
      {stage_clean, &ServiceWork::clean},
      {stage_back, &ServiceWork::go_back},
      {stage_remove, &ServiceWork::take_down},
  }};
  for (const auto& [name, work] : stages)
    if (name == stage) return (this->*work)();
  return fail(Cause::internal, fmt::format("docker.service has no stage '{}'", stage));
}

Result<ServiceState> ServiceWork::state() const {
  return service_state(engine_, stack_of(session_.connection), move_.service, session_.stop);
}

Status ServiceWork::pull() {
  return have_image(session_, engine_, plain_image(inputs_.image), inputs_.archive);
}

Status ServiceWork::start() {
  DEPLOYCTL_TRY(const std::optional<Container> there, engine_.find_container(move_.to, session_.stop));
  if (there) DEPLOYCTL_CHECK(check_ours(*there));
  DEPLOYCTL_CHECK(record(there));
  if (!there) DEPLOYCTL_CHECK(create());
  if (move_.stop_first) DEPLOYCTL_CHECK(retire_others());
  return engine_.start(move_.to, session_.stop);
}

Status ServiceWork::check_ours(const Container& container) const {
  if (deployctl::docker::are_in(service_labels(stack_of(session_.connection), move_.service),
                                container.labels))
    return {};
  return fail(Cause::conflict,
              fmt::format("a container named '{}' is there, and it is not of this service", container.name),
              "rename or remove it");
}

// Once, before anything is done: an attempt that is repeated would take what the first one did for the past.
Status ServiceWork::record(const std::optional<Container>& there) {
  if (!intent_.undo.empty()) return {};
  std::string restart;
  if (!move_.from.empty()) {
    DEPLOYCTL_TRY(const auto before, engine_.find_container(move_.from, session_.stop));
    if (before) restart = before->restart_policy;
  }
  return session_.effects.undo(Value::Map{{"previous", move_.from},
                                          {"restart", restart},
                                          {"container", move_.to},
                                          {"stop_first", move_.stop_first},
                                          {"made_here", !there && !move_.to.empty()}});
}

Status ServiceWork::create() {
  const Labels labels = labels_of(stack_of(session_.connection), move_, intent_);
  DEPLOYCTL_TRY(const Value body, service_container(inputs_, move_.service, labels));
  DEPLOYCTL_TRY(const std::string id, engine_.create_container(move_.to, body, session_.stop));
  return session_.effects.remote_id("container " + id.substr(0, 12));
}

Status ServiceWork::take_over() {
  std::optional<std::int64_t> memory;
  if (inputs_.memory) memory = static_cast<std::int64_t>(inputs_.memory->count);
  DEPLOYCTL_TRY(const std::optional<Container> there, engine_.find_container(move_.to, session_.stop));
  if (there && (there->memory == 0 || there->memory == memory)) memory.reset();
  DEPLOYCTL_CHECK(engine_.update(move_.to, move_.restart, memory, session_.stop));
  return retire_others();
}

Status ServiceWork::retire_others() {
  DEPLOYCTL_TRY(const ServiceState there, state());
  for (const Container& one : there.all)
    if (one.name != move_.to) DEPLOYCTL_CHECK(retire(one));
  return {};
}

// It keeps its place on the disk, and no restart of the engine wakes it.
Status ServiceWork::retire(const Container& container) {
  if (has_taken_over(container)) DEPLOYCTL_CHECK(engine_.update(container.id, no_restart, {}, session_.stop));
  if (!is_active(container.status)) return {};
  session_.output.line(Stream::err, fmt::format("stopping '{}'", container.name));
  return engine_.stop(container.id, inputs_.grace, session_.stop);
}

// What is left over harms nobody: it fails no deployment.
Status ServiceWork::clean() {
  const auto there = state();
  if (!there) {
    session_.output.line(Stream::err, "warning: " + there.error().message);
    return {};
  }
  int kept = 1; // what was live before is the first to go back to
  for (const Container& one : there->all) {
    if (one.name == move_.to || one.name == move_.from || !is_retired(one)) continue;
    if (kept++ < inputs_.keep) continue;
    if (const Status removed = engine_.remove(one.id, session_.stop); !removed)
      session_.output.line(Stream::err,
                           fmt::format("warning: cannot remove '{}': {}", one.name, removed.error().message));
  }
  return {};
}

Status ServiceWork::go_back() {
  if (move_.to.empty()) return leave_no_trace(move_.from);
  if (move_.stop_first) DEPLOYCTL_CHECK(retire_others());
  DEPLOYCTL_CHECK(engine_.start(move_.to, session_.stop));
  if (!move_.restart.empty()) DEPLOYCTL_CHECK(engine_.update(move_.to, move_.restart, {}, session_.stop));
  DEPLOYCTL_CHECK(retire_others());
  return move_.from.empty() ? Status() : leave_no_trace(move_.from);
}

// What was not made by what is taken back stays, stopped.
Status ServiceWork::leave_no_trace(const std::string& name) {
  DEPLOYCTL_TRY(const std::optional<Container> there, engine_.find_container(name, session_.stop));
  if (!there) return {};
  DEPLOYCTL_CHECK(retire(*there));
  return move_.made_here ? engine_.remove(there->id, session_.stop) : Status();
}

Status ServiceWork::take_down() {
  DEPLOYCTL_CHECK(record({}));
  return retire_others();
}

Confirmation confirm_service(ReadSession& session, const Engine& engine, const Intent& intent) {
  const auto unknown = [](const Error& error) {
    return Confirmation{.state = State::unknown, .detail = error.message};
  };
  const ServiceMove move = move_from(intent.change.basis);
  const std::string image = text_at(intent.change.desired, "image");
  const Value outputs = service_outputs(move.to, image);
  if (intent.stage == stage_pull) {
    const auto found = engine.find_image(plain_image(image), session.stop);
    if (!found) return unknown(found.error());
    return *found ? Confirmation{.state = State::done, .outputs = outputs}
                  : Confirmation{.state = State::not_done};
  }
  const auto there = service_state(engine, stack_of(session.connection), move.service, session.stop);
  if (!there) return unknown(there.error());
  if (!is_done(intent.stage, move, *there)) return {.state = State::not_done};
  return {.state = State::done, .outputs = outputs};
}

Value service_outputs(const std::string& container, const std::string& image) {
  return Value::Map{{"container", container}, {"image", image}};
}

} // namespace deployctl::providers::docker
