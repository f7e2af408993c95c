#include "providers/docker/service_work.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/members.hpp"
#include "providers/docker/container_fields.hpp"
#include "providers/docker/image_presence.hpp"
#include "providers/docker/labels.hpp"
#include "providers/docker/port_turns.hpp"
#include "providers/docker/proxy_inputs.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::Labels;

constexpr const char* no_restart = "no";

Labels labels_of(const std::string& stack, const ServiceMove& move, const Intent& intent, int port) {
  Labels labels = service_labels(stack, move.service);
  if (port != 0) labels.emplace(port_label, std::to_string(port));
  labels.insert({{step_label, intent.step},
                 {target_label, intent.target},
                 {run_label, intent.run},
                 {release_label, intent.ask.release},
                 {configuration_label, move.configuration},
                 {inputs_label, to_json(shown(configuration_of(intent.change.desired)), JsonMode::plain)}});
  return labels;
}

} // namespace

Status ServiceWork::run(const std::string& stage) {
  using Work = Status (ServiceWork::*)();
  static constexpr std::array<std::pair<std::string_view, Work>, 8> stages = {{
      {stage_pull, &ServiceWork::pull},
      {stage_start, &ServiceWork::start},
      {stage_switch, &ServiceWork::switch_requests},
      {stage_take_over, &ServiceWork::take_over},
      {stage_clean, &ServiceWork::clean},
      {stage_wake, &ServiceWork::wake},
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
  bool is_kept = there.has_value();
  if (there && take_turns(inputs_) && !move_.stop_first) {
    DEPLOYCTL_TRY(const ServiceState others, state());
    is_kept = has_free_port(inputs_, others, *there);
  }
  DEPLOYCTL_CHECK(record(is_kept));
  if (there && !is_kept) DEPLOYCTL_CHECK(engine_.remove(there->id, session_.stop));
  if (!is_kept) DEPLOYCTL_CHECK(create());
  if (move_.stop_first) DEPLOYCTL_CHECK(retire_others());
  return engine_.start(move_.to, session_.stop);
}

Status ServiceWork::switch_requests() {
  DEPLOYCTL_TRY(const std::optional<Container> there, engine_.find_container(move_.to, session_.stop));
  if (!there || !is_active(there->status))
    return fail(Cause::conflict, fmt::format("the container '{}' does not run", move_.to));
  session_.output.line(Stream::err, fmt::format("{} -> '{}'", routing_.words(), move_.to));
  return routing_.lead_to(*there);
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
Status ServiceWork::record(bool is_there) {
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
                                          {"made_here", !is_there && !move_.to.empty()}});
}

Status ServiceWork::create() {
  const std::vector<int> written = ports_in_turn(inputs_.port);
  int port = written.empty() ? 0 : written.front();
  if (take_turns(inputs_)) {
    DEPLOYCTL_TRY(const ServiceState others, state());
    DEPLOYCTL_TRY(port, next_port(inputs_, others, move_.to));
  }
  const Labels labels = labels_of(stack_of(session_.connection), move_, intent_, port);
  DEPLOYCTL_TRY(const Value body,
                service_container(inputs_, move_.service, labels, take_turns(inputs_) ? port : 0));
  DEPLOYCTL_TRY(const std::string id, engine_.create_container(move_.to, body, session_.stop));
  return session_.effects.remote_id("container " + id.substr(0, 12));
}

Status ServiceWork::take_over() {
  std::optional<std::int64_t> memory;
  if (inputs_.memory) memory = static_cast<std::int64_t>(inputs_.memory->count);
  DEPLOYCTL_TRY(const std::optional<Container> there, engine_.find_container(move_.to, session_.stop));
  if (there && (there->memory == 0 || there->memory == memory)) memory.reset();
  if (there) DEPLOYCTL_CHECK(routing_.let_finish(*there, move_.from, engine_, session_.output));
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

Status ServiceWork::wake() {
  if (move_.stop_first) DEPLOYCTL_CHECK(retire_others());
  return engine_.start(move_.to, session_.stop);
}

Status ServiceWork::go_back() {
  if (move_.to.empty()) {
    DEPLOYCTL_CHECK(routing_.lead_nowhere());
    return leave_no_trace(move_.from);
  }
  DEPLOYCTL_CHECK(wake());
  DEPLOYCTL_TRY(const std::optional<Container> there, engine_.find_container(move_.to, session_.stop));
  if (there) DEPLOYCTL_CHECK(routing_.let_finish(*there, move_.from, engine_, session_.output));
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
  DEPLOYCTL_CHECK(record(false));
  DEPLOYCTL_CHECK(routing_.lead_nowhere());
  return retire_others();
}

} // namespace deployctl::providers::docker
