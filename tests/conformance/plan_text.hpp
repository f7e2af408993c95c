// A change as one comparable text: every part of it that a plan file or a journal keeps.
#pragma once

#include <string>
#include <vector>

#include <deployctl/change.hpp>

#include "base/json.hpp"

namespace deployctl::conformance {

inline std::string text_of(const Change& change) {
  std::string text = change.summary + "|" + std::to_string(static_cast<int>(change.action)) + "|" +
                     change.undoable_why + change.downtime + "|" + to_json(change.desired) +
                     to_json(change.basis);
  for (const FieldChange& field : change.fields)
    text += "|" + field.path + to_json(field.before) + to_json(field.after) +
            (field.forces_replacement ? "!" : "");
  for (const Stage& stage : change.stages) text += "|" + stage.name + std::to_string(stage.weight);
  return text;
}

inline std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "\n" + line;
  return text;
}

} // namespace deployctl::conformance
