#include "providers/host/release_answer.hpp"

#include <array>
#include <string>

#include "providers/host/release_inputs.hpp"

namespace deployctl::providers::host {
namespace {

std::array<std::string, 5> answer_names() {
  const AnswerFields fields = answer_fields();
  return {fields.status.name, fields.body.name, fields.body_pattern.name, fields.json.name,
          fields.response_headers.name};
}

} // namespace

Value answer_of(const Value& desired) {
  const Value* health = desired.find("health");
  if (!health || !health->map()) return {};
  Value::Map answer;
  for (const std::string& name : answer_names())
    if (const Value* found = health->find(name)) answer.emplace(name, *found);
  return answer;
}

Value with_answer(Value desired, const Value& answer) {
  const Value* health = desired.find("health");
  if (!health || !health->map()) return desired;
  Value::Map changed = *health->map();
  for (const std::string& name : answer_names()) {
    changed.erase(name);
    if (const Value* found = answer.find(name)) changed.emplace(name, *found);
  }
  desired["health"] = std::move(changed);
  return desired;
}

} // namespace deployctl::providers::host
