// Every diagnostic code with its explanation: what `explain CODE` prints and the docs list. Data only, split
// by topic: one diagnostic_codes_<topic>.cpp each. A test checks that every code used in src/ has a row here.
#pragma once

#include <span>
#include <string_view>

namespace deployctl {

struct DiagnosticCode {
  std::string_view code;        // "D0103"
  std::string_view title;       // "duplicate key"
  std::string_view explanation; // full sentences: the rule and its reason
  std::string_view wrong;       // YAML that gives this diagnostic
  std::string_view right;       // the same, mended
};

struct DiagnosticTopic {
  std::string_view prefix; // "D01"
  std::string_view title;  // "YAML text"
  std::span<const DiagnosticCode> codes;
};

// D01 YAML text, D02 keys and structure, D03 values and types, D04 interpolation and references, D05 graph
// and steps, D06 hosts, strategies and environments, D07 secrets, D08 guardrails, D09 not in this version.
std::span<const DiagnosticTopic> diagnostic_topics();

// nullptr when there is no such code.
const DiagnosticCode* find_diagnostic_code(std::string_view code);

} // namespace deployctl
