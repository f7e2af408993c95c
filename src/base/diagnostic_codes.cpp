#include "base/diagnostic_codes.hpp"

#include <algorithm>
#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl {

std::span<const DiagnosticTopic> diagnostic_topics() {
  static const std::array<DiagnosticTopic, 9> topics = {{
      {"D01", "YAML text", topics::yaml_text()},
      {"D02", "keys and structure", topics::structure()},
      {"D03", "values and types", topics::values()},
      {"D04", "interpolation and references", topics::interpolation()},
      {"D05", "graph and steps", topics::graph()},
      {"D06", "hosts, strategies and environments", topics::places()},
      {"D07", "secrets", topics::secrets()},
      {"D08", "guardrails", topics::guardrails()},
      {"D09", "not in this version", topics::versions()},
  }};
  return topics;
}

const DiagnosticCode* find_diagnostic_code(std::string_view code) {
  for (const DiagnosticTopic& topic : diagnostic_topics()) {
    const auto found = std::find_if(topic.codes.begin(), topic.codes.end(),
                                    [code](const DiagnosticCode& row) { return row.code == code; });
    if (found != topic.codes.end()) return &*found;
  }
  return nullptr;
}

} // namespace deployctl
