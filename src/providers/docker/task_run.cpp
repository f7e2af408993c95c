#include "providers/docker/task_run.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "base/sanitize.hpp"
#include "providers/docker/container_fields.hpp"
#include "providers/docker/image_presence.hpp"
#include "providers/docker/last_words.hpp"
#include "providers/docker/task_trace.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::ContainerLine;
using deployctl::docker::Labels;
using deployctl::docker::LogLines;

constexpr std::size_t evidence_lines = 20;
constexpr std::size_t longest_tail = 16U << 10; // bytes kept of the end of each stream
constexpr Milliseconds ended_soon{60'000};      // from the end of the output to that of the container

void keep_tail(std::string& tail, std::string_view line) {
  tail.append(line).push_back('\n');
  if (tail.size() > 2 * longest_tail) tail.erase(0, tail.size() - longest_tail);
}

} // namespace

Result<CommandEnd> TaskRun::to_end() {
  const auto deadline = session_.ports.clock.boot() + order_.timeout;
  DEPLOYCTL_TRY(const Container found, found_or_made());
  if (!found.was_started()) DEPLOYCTL_CHECK(engine_.start(found.id, session_.stop));
  DEPLOYCTL_TRY(const Container ended, listen(found.id, deadline));
  return end_of(ended);
}

Result<Container> TaskRun::found_or_made() {
  const Trace trace = trace_of(order_.intent.remote_ids);
  const std::string name = trace.name.empty() ? new_name(order_.intent) : trace.name;
  DEPLOYCTL_TRY(std::optional<Container> found, engine_.find_container(name, session_.stop));
  if (!found) return make(name, !trace.name.empty());
  if (!is_of(*found, order_.intent))
    return fail(Cause::conflict,
                fmt::format("a container named '{}' is there, and it is not of this step", name),
                "rename or remove it");
  session_.output.line(Stream::err, fmt::format("found the container '{}' again: {}", name, found->status));
  return *std::move(found);
}

Result<Container> TaskRun::make(const std::string& name, bool announced) {
  const Intent& intent = order_.intent;
  DEPLOYCTL_CHECK(have_image(session_, engine_, plain_image(order_.inputs.image), order_.inputs.archive));
  DEPLOYCTL_CHECK(clear_earlier(name));
  const TaskInputs& inputs = order_.inputs;
  CommandInputs variables;
  variables.env = inputs.env;
  DEPLOYCTL_TRY(const Value body, task_container(inputs, command_environment(variables, intent),
                                                 all_labels(stack_of(session_.connection), intent)));
  if (!announced) DEPLOYCTL_CHECK(session_.effects.remote_id(announcement(name)));
  DEPLOYCTL_TRY(const std::string id, engine_.create_container(name, body, session_.stop));
  DEPLOYCTL_CHECK(session_.effects.remote_id(creation(id)));
  return look(id);
}

Result<Container> TaskRun::look(const std::string& container) const {
  DEPLOYCTL_TRY(std::optional<Container> found, engine_.find_container(container, session_.stop));
  if (!found)
    return fail(Cause::conflict,
                fmt::format("the container '{}' was removed while it was waited for", container));
  return *std::move(found);
}

// What is left of earlier runs of this step on this host. One that still runs is not ours to end.
Status TaskRun::clear_earlier(const std::string& name) const {
  const Labels labels = own_labels(stack_of(session_.connection), order_.intent);
  DEPLOYCTL_TRY(const std::vector<ContainerLine> lines, engine_.list_containers(labels, session_.stop));
  for (const ContainerLine& line : lines) {
    if (line.name == name) continue;
    if (deployctl::docker::is_active(line.status))
      return fail(Cause::conflict,
                  fmt::format("the container '{}' of an earlier run of this step is still {}", line.name,
                              line.status),
                  "let it end, or stop it: 'docker stop " + line.name + "'");
    if (const Status removed = engine_.remove(line.id, session_.stop); !removed)
      session_.output.line(Stream::err, fmt::format("cannot remove the ended container '{}': {}", line.name,
                                                    removed.error().message));
  }
  return {};
}

Result<Container> TaskRun::listen(const std::string& container, std::chrono::nanoseconds deadline) {
  LogLines lines([this](Stream stream, std::string_view line) {
    session_.output.line(stream, line);
    keep_tail(stream == Stream::out ? out_tail_ : err_tail_, line);
    if (stream == Stream::out && out_.size() <= longest_output) out_.append(line).push_back('\n');
  });
  for (;;) {
    const auto left = std::chrono::duration_cast<Milliseconds>(deadline - session_.ports.clock.boot());
    if (left.count() <= 0) return overtime(container);
    const Status said = engine_.read_logs(
        container, {.follow = true, .since = lines.begin(), .timeout = left}, lines, session_.stop);
    if (!said && said.error().cause == Cause::cancelled) return fail(cancelled(container, said.error()));
    // Silence for a while ends the stream and says nothing about the container.
    if (!said && said.error().cause != Cause::timeout) return fail(said.error());
    DEPLOYCTL_TRY(Container now, look(container));
    if (now.has_ended()) return now;
    if (!said) continue;
    auto waited = engine_.wait(container, std::min(left, ended_soon), session_.stop);
    if (!waited && waited.error().cause == Cause::cancelled)
      return fail(cancelled(container, waited.error()));
    if (!waited && waited.error().cause != Cause::timeout) return fail(std::move(waited).error());
  }
}

Result<Container> TaskRun::overtime(const std::string& container) {
  timed_out_ = true;
  DEPLOYCTL_CHECK(engine_.stop(container, order_.inputs.grace, session_.stop));
  return look(container);
}

Error TaskRun::cancelled(const std::string& container, Error error) const {
  error.message = "the container goes on without us";
  error.help = "'deployctl resume' takes its result over";
  if (order_.inputs.effect == "once") return error;
  // The stop that was asked for would stop this request too.
  const Status killed = engine_.kill(container, "KILL", std::stop_token());
  error.message = killed ? "the container was killed" : "the container may go on: " + killed.error().message;
  error.help.clear();
  return error;
}

Result<CommandEnd> TaskRun::end_of(const Container& container) const {
  if (ran_out_of_memory(container) && !timed_out_)
    return fail({.cause = Cause::out_of_memory,
                 .message = fmt::format("the container needed more than its {} of memory and was killed",
                                        order_.inputs.memory ? format_size(order_.inputs.memory->count)
                                                             : std::string("share")),
                 .help = "give it more with 'memory'",
                 .evidence = last_lines(err_tail_.empty() ? out_tail_ : err_tail_, evidence_lines)});
  const bool failed = timed_out_ || container.exit_code != 0;
  return CommandEnd{.exit_code = container.exit_code,
                    .timed_out = timed_out_,
                    .out = failed ? out_tail_ : out_,
                    .err = err_tail_};
}

} // namespace deployctl::providers::docker
