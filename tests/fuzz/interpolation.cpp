// Places of parts and problems lie in the text; a text without interpolation stays itself; and what is
// unknown now gives, resolved later, what it would have given at once.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/interpolation.hpp"

namespace {

using namespace deployctl;
using namespace deployctl::config;

void expect(bool holds) {
  if (!holds) std::abort();
}

bool is_step(std::string_view id) {
  return id == "a" || id == "a.b";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ParsedTemplate parsed = parse_template(text);
  for (const TextProblem& problem : parsed.problems)
    expect(problem.begin < problem.end && problem.end <= size && !problem.message.empty());
  for (const Reference& reference : parsed.value.references())
    expect(reference.begin < reference.end && reference.end <= size &&
           text.substr(reference.begin, 2) == "${");
  const Lookup nothing = [](const Reference&) { return Answer::absent("D0000", "absent"); };
  const auto escaped = evaluate(parse_template(escape_interpolation(text)).value, nothing);
  expect(escaped.problems.empty() && escaped.value == Value(text));

  // Outputs exist under any name: their value is their own path.
  const Value outputs(
      Value::Map{{"o", Value("x${y}$")}, {"n", Value(7)}, {"l", Value(Value::List{Value("i")})}});
  const auto at_once = [&](const Reference& reference) {
    const auto step = split_step_reference(reference.name, is_step);
    if (!step) return Answer::found(Value("known$"));
    const Value* value = outputs.find_path(step->output);
    return value != nullptr ? Answer::found(*value) : Answer::absent("", "step has no output");
  };
  const auto later = [&](const Reference& reference) {
    const auto step = split_step_reference(reference.name, is_step);
    return step ? Answer::found(Value(Unknown{step->step, step->output, ""}))
                : Answer::found(Value("known$"));
  };
  const Evaluation unknown = evaluate(parsed.value, later);
  if (!unknown.problems.empty()) return 0;
  const auto resolved =
      resolve(unknown.value, [&](std::string_view id) { return is_step(id) ? &outputs : nullptr; });
  const Evaluation direct = evaluate(parsed.value, at_once);
  expect(resolved.has_value() == direct.problems.empty());
  if (resolved) expect(*resolved == direct.value);
  return 0;
}
