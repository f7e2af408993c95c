// A mistake in what the user wrote, or a warning about it: rendered as text or JSON by `ui`, explained by
// `explain CODE`. Not for failures of the world: those are Error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/span.hpp>

namespace deployctl {

enum class Severity { error, warning };

struct Diagnostic {
  struct Note {
    std::string text;
    std::optional<Span> span;
  };

  Severity severity = Severity::error;
  std::string code;        // "D0103"; every code stands in the table of base/diagnostic_codes.hpp
  std::string message;     // stands alone: "unknown field 'replcas' in step 'web'"
  Span span;               // what the carets underline
  std::string label;       // beside the carets: "not a field of 'docker.service'"
  std::string help;        // what to change; never a question
  std::vector<Note> notes; // facts, other places
};

} // namespace deployctl
