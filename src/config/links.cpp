#include "config/links.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace deployctl::config {

namespace {

std::vector<std::string> output_names(const Description& action) {
  std::vector<std::string> names;
  for (const auto& output : action.outputs) names.push_back(output.name);
  return names;
}

// ${steps.image.ref} where `image` has instances: the item is missing or misspelt.
Found which_instance(const StepOutline& step, const std::string& path) {
  const auto first = path.substr(0, path.find('.'));
  const auto outputs =
      step.provider ? output_names(step.provider->description) : std::vector<std::string>{first};
  std::vector<std::string> items;
  for (const auto& item : step.items) items.push_back(item.name);
  if (std::find(outputs.begin(), outputs.end(), first) == outputs.end())
    return {Answer::wrong("D0425", fmt::format("step '{}' has no item '{}'", step.name, first),
                          similar_help(first, items, "item", "items"))};
  return {Answer::wrong("D0425", fmt::format("step '{}' has {} instances", step.name, items.size()),
                        fmt::format("name the item: ${{steps.{}.ITEM.{}}}", step.name, path))};
}

} // namespace

void Links::need(const yaml::Node& needs, std::size_t from) {
  const auto& instance = inputs_.outline.instances()[from];
  for (const auto& item : needs.items) {
    if (!item.is_scalar()) continue; // the table said so already
    const auto targets = inputs_.outline.resolve(item.text, instance);
    if (targets.empty() && !inputs_.outline.step(item.text))
      inputs_.findings.error(
          "D0502", item.span,
          fmt::format("step '{}' needs '{}', which does not exist", instance.step->name, item.text),
          "no such step", similar_help(item.text, inputs_.outline.names(), "step", "steps"));
    for (const auto target : targets) {
      const bool last = inputs_.outline.instances()[target].step->is_finally;
      if (last != instance.step->is_finally)
        inputs_.findings.error("D0510", item.span,
                               fmt::format("step '{}' cannot need '{}'", instance.step->name, item.text),
                               last ? "runs at the end of the run" : "has ended before",
                               "steps of 'finally' run after all others: only they may need each other");
      else
        edges_.push_back({from, target, item.span});
    }
  }
}

void Links::need_references(const yaml::Node& node, std::size_t from) {
  for (const auto& item : node.items) need_references(item, from);
  for (const auto& entry : node.entries) need_references(entry.value, from);
  if (!node.is_scalar() || node.text.find("${steps.") == std::string::npos) return;
  for (const auto& reference : parse_template(node.text).value.references()) {
    if (reference.root() != "steps") continue;
    const auto split =
        split_step_reference(reference.name, [&](std::string_view n) { return inputs_.outline.has(n); });
    if (!split) continue;
    for (const auto target : inputs_.outline.resolve(split->step, inputs_.outline.instances()[from]))
      if (target != from) edges_.push_back({from, target, node.span});
  }
}

StepNames Links::names(std::size_t from, bool may_use_itself) {
  return [this, from, may_use_itself](const Reference& reference, Span place) {
    return answer(reference, place, from, may_use_itself);
  };
}

Found Links::unknown_step(const Reference& reference) const {
  const auto path = below_root(reference.name);
  const auto name = path.substr(0, path.find('.'));
  if (inputs_.outline.has(name))
    return {Answer::wrong("D0425", fmt::format("'{}' names no output of step '{}'", reference.name, name),
                          fmt::format("write ${{steps.{}.OUTPUT}}", name))};
  return {Answer::wrong("D0502", fmt::format("no step '{}' exists", name),
                        similar_help(name, inputs_.outline.names(), "step", "steps"))};
}

Found Links::answer(const Reference& reference, Span place, std::size_t from, bool may_use_itself) {
  const auto& outline = inputs_.outline;
  const auto split =
      split_step_reference(reference.name, [&](std::string_view name) { return outline.has(name); });
  if (!split) return unknown_step(reference);
  const auto& instance = outline.instances()[from];
  const auto targets = outline.resolve(split->step, instance);
  if (targets.empty()) return {Answer::found(""), true}; // a step without instances: reported there
  if (targets.size() > 1) return which_instance(*outline.step(split->step), split->output);
  const auto& target = outline.instances()[targets.front()];
  if (targets.front() == from) {
    if (!may_use_itself)
      return {Answer::wrong("D0425",
                            fmt::format("step '{}' uses its own output '{}'", instance.id, split->output),
                            "an output exists only after the step; gates of the step may use it")};
  } else if (target.step->is_finally && !instance.step->is_finally) {
    return {Answer::wrong("D0510", fmt::format("'{}' belongs to a step of 'finally'", reference.name),
                          "steps of 'finally' run after all others")};
  } else {
    edges_.push_back({from, targets.front(), place});
  }
  return output(target, split->output, reference);
}

Found Links::output(const StepInstance& target, const std::string& path, const Reference& reference) const {
  if (!target.step->provider) return {Answer::found(""), true}; // reported at its `uses`
  const auto& action = target.step->provider->description;
  const auto names = output_names(action);
  const auto first = path.substr(0, path.find('.'));
  if (std::find(names.begin(), names.end(), first) == names.end())
    return {Answer::wrong("D0425", fmt::format("'{}' has no output '{}'", action.name, first),
                          names.empty() ? fmt::format("'{}' has no outputs", action.name)
                                        : similar_help(first, names, "output", "outputs"))};
  if (target.step->present)
    return {Answer::found(Unknown{target.id, path, fmt::format("${{steps.{}.{}}}", target.id, path)})};
  const auto live = inputs_.facts.live_outputs.find(target.id);
  const auto* value = live == inputs_.facts.live_outputs.end() ? nullptr : live->second.find_path(path);
  if (value) return {Answer::found(*value)};
  if (inputs_.knowledge == Knowledge::offline && !reference.has_default()) return {Answer::found(""), true};
  return {Answer::absent(
      "D0426",
      fmt::format("step '{}' is absent in environment '{}' ({}), and the live release has no '{}' of it",
                  target.id, inputs_.environment, target.step->why, path),
      "give a default: | default('x')")};
}

} // namespace deployctl::config
