// `${...}` in values: grammar, evaluation, and the later evaluation of what was unknown. Pure; knows no
// pipeline types: what a name stands for is asked of a Lookup.
//   text  = { literal | "$${" | "${" (name | 'text') [":-" default | ":?" message] { "|" filter } "}" }
//   name  = NAME | dotted.name          filter = slug lower trim url json base64 default('x')
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl::config {

struct Filter {
  std::string name;
  std::string argument; // default('x')
};

// One `${...}`; begin and end are bytes of the text it stands in.
struct Reference {
  enum class Kind { variable, path, constant };
  Kind kind = Kind::path;
  std::string name;                    // "HOME", "vars.domain", "steps.image.ref"; the text of a constant
  std::optional<std::string> fallback; // ${NAME:-fallback}: when not set or empty
  std::optional<std::string> message;  // ${NAME:?message}: the error's text when not set or empty
  std::vector<Filter> filters;
  std::size_t begin = 0;
  std::size_t end = 0;

  // The part before the first dot: "vars", "steps", "environment".
  [[nodiscard]] std::string_view root() const;
  [[nodiscard]] bool has_default() const; // an absent value is no error
};

struct TextProblem {
  std::string code; // D04xx
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string message;
  std::string help;
};

struct Template {
  std::vector<std::variant<std::string, Reference>> parts;

  [[nodiscard]] bool is_constant() const; // nothing to look up
  [[nodiscard]] std::vector<Reference> references() const;
};

struct ParsedTemplate {
  Template value;
  std::vector<TextProblem> problems; // all of them; the faulty parts are left out of `value`
};

ParsedTemplate parse_template(std::string_view text);

// What a name stands for. `absent` may be replaced by a default, `wrong` (an undeclared name) may not.
struct Answer {
  enum class State { found, absent, wrong };
  State state = State::found;
  Value value; // Unknown for the output of a step that has not run: its step and output name what will be
               // asked then
  std::string code;
  std::string message; // when not found
  std::string help;

  static Answer found(Value value) { return {.value = std::move(value)}; }
  static Answer absent(std::string code, std::string message, std::string help = {});
  static Answer wrong(std::string code, std::string message, std::string help = {});
};

using Lookup = std::function<Answer(const Reference&)>;

struct Evaluation {
  Value value; // null when there are problems
  std::vector<TextProblem> problems;
};

// One interpolation alone keeps its type; anything else is text: with a secret in it a composed Secret, with
// an unknown in it an Unknown whose expression has everything known put in. Both in one text is a problem.
Evaluation evaluate(const Template& text, const Lookup& lookup);

// `unknown.expression`, or the plain reference to its step and output when that is empty.
std::string expression_of(const Unknown& unknown);

struct StepReference {
  std::string step;   // "image" or "image.api"
  std::string output; // "ref" or "files.0.name"

  friend bool operator==(const StepReference&, const StepReference&) = default;
};

// "steps.image.api.ref" -> {image.api, ref} when `is_step("image.api")`, else {image, api.ref} when
// `is_step("image")`.
std::optional<StepReference> split_step_reference(std::string_view name,
                                                  const std::function<bool(std::string_view)>& is_step);

// The outputs of a step, or nullptr when it has none yet.
using Outputs = std::function<const Value*(std::string_view step)>;

// A copy in which every Unknown whose outputs are there is evaluated; the others stay. Errors: an output that
// is not there.
Result<Value> resolve(const Value& value, const Outputs& outputs);

// Text that evaluates to itself: "${" becomes "$${".
std::string escape_interpolation(std::string_view text);

} // namespace deployctl::config
