// What was unknown when the pipeline was read, evaluated when the outputs are there.
#include <fmt/core.h>

#include "config/interpolation.hpp"

namespace deployctl::config {
namespace {

Answer answer_from_outputs(const Reference& reference, const Unknown& asked, const Outputs& outputs) {
  const auto found = split_step_reference(
      reference.name, [&outputs](std::string_view step) { return outputs(step) != nullptr; });
  if (!found) {
    const auto known =
        split_step_reference(reference.name, [&asked](std::string_view step) { return step == asked.step; });
    const auto other = split_step_reference(
        reference.name, [](std::string_view step) { return step.find('.') == std::string_view::npos; });
    const StepReference waits = known ? *known : other.value_or(StepReference{asked.step, asked.output});
    return Answer::found(Value(Unknown{waits.step, waits.output, fmt::format("${{{}}}", reference.name)}));
  }
  if (const Value* const value = outputs(found->step)->find_path(found->output)) return Answer::found(*value);
  return Answer::absent("", fmt::format("step '{}' has no output '{}'", found->step, found->output));
}

} // namespace

std::optional<StepReference> split_step_reference(std::string_view name,
                                                  const std::function<bool(std::string_view)>& is_step) {
  constexpr std::string_view root = "steps.";
  if (name.substr(0, root.size()) != root) return std::nullopt;
  const std::string_view rest = name.substr(root.size());
  // The longest id first: "image.api" before "image".
  for (std::size_t dot = rest.rfind('.'); dot != std::string_view::npos && dot > 0;
       dot = rest.rfind('.', dot - 1))
    if (is_step(rest.substr(0, dot)))
      return StepReference{std::string(rest.substr(0, dot)), std::string(rest.substr(dot + 1))};
  return std::nullopt;
}

Result<Value> resolve(const Value& value, const Outputs& outputs) {
  std::optional<Error> failed;
  const auto evaluate_unknown = [&](const Unknown& unknown) -> Value {
    const Lookup lookup = [&](const Reference& reference) {
      return answer_from_outputs(reference, unknown, outputs);
    };
    Evaluation result = evaluate(parse_template(expression_of(unknown)).value, lookup);
    if (result.problems.empty()) return std::move(result.value);
    if (!failed)
      failed = Error{.cause = Cause::config,
                     .message = result.problems.front().message,
                     .help = result.problems.front().help};
    return Value(unknown);
  };
  Value out = map_unknowns(value, evaluate_unknown);
  if (failed) return fail(*std::move(failed));
  return out;
}

} // namespace deployctl::config
