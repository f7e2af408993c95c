#include "providers/docker/task_confirm.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "providers/command.hpp"
#include "providers/docker/task_trace.hpp"

namespace deployctl::providers::docker {
namespace {

using deployctl::docker::Container;
using deployctl::docker::ContainerLine;
using deployctl::docker::LogLines;
using State = Confirmation::State;

const ContainerLine* container_of(const std::vector<ContainerLine>& lines, const Trace& trace) {
  if (trace.name.empty()) return lines.empty() ? nullptr : &lines.front();
  const auto found = std::ranges::find(lines, trace.name, &ContainerLine::name);
  return found == lines.end() ? nullptr : &*found;
}

Confirmation none_left(const Trace& trace) {
  if (!trace.created)
    return {.state = State::not_done, .detail = "the engine has no container with its label"};
  return {.state = State::unknown,
          .detail = fmt::format("its container '{}' was removed, and nothing says how it ended", trace.name)};
}

Confirmation ended_well(const Engine& engine, const Container& container, const Intent& intent,
                        const std::stop_token& stop) {
  std::string out;
  LogLines lines([&](Stream stream, std::string_view line) {
    if (stream == Stream::out && out.size() <= longest_output) out.append(line).push_back('\n');
  });
  lines.begin();
  if (const Status said = engine.read_logs(container.id, {}, lines, stop); !said)
    return {.state = State::unknown, .detail = "it ended with 0, but: " + said.error().message};
  auto outputs = command_result({.out = std::move(out)}, intent.change.desired, check_limit);
  if (!outputs) return {.state = State::unknown, .detail = outputs.error().message};
  return {.state = State::done,
          .outputs = *std::move(outputs),
          .detail = fmt::format("the container '{}' ended with 0", container.name)};
}

} // namespace

Confirmation confirm_task(ReadSession& session, const Engine& engine, const Intent& intent) {
  const auto lines = engine.list_containers(key_labels(intent), session.stop);
  if (!lines) return {.state = State::unknown, .detail = lines.error().message};
  const Trace trace = trace_of(intent.remote_ids);
  const ContainerLine* line = container_of(*lines, trace);
  if (!line) return none_left(trace);
  const auto container = engine.find_container(line->id, session.stop);
  if (!container) return {.state = State::unknown, .detail = container.error().message};
  if (!*container) return none_left(trace);
  const Container& now = **container;
  if (!now.was_started())
    return {.state = State::not_done, .detail = fmt::format("the container '{}' was not started", now.name)};
  if (!now.has_ended())
    return {.state = State::in_progress,
            .detail = fmt::format("the container '{}' is {}", now.name, now.status)};
  if (now.exit_code != 0 || now.out_of_memory)
    return {.state = State::in_progress,
            .detail = fmt::format("the container '{}' ended with exit status {}", now.name, now.exit_code)};
  return ended_well(engine, now, intent, session.stop);
}

} // namespace deployctl::providers::docker
