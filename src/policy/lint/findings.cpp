#include "policy/lint/findings.hpp"

#include <algorithm>
#include <utility>

namespace deployctl::policy::lint {

Diagnostic& Findings::add(std::string_view code, Place place, std::string message, std::string help) {
  const Rule* rule = find_rule(code);
  return all_.emplace_back(Diagnostic{.severity = rule ? rule->level : Severity::error,
                                      .code = std::string(code),
                                      .message = std::move(message),
                                      .span = {.source = source_,
                                               .begin = static_cast<std::uint32_t>(place.begin),
                                               .end = static_cast<std::uint32_t>(place.end)},
                                      .label = {},
                                      .help = std::move(help),
                                      .notes = {}});
}

std::vector<Diagnostic> Findings::take() {
  std::vector<Diagnostic> taken;
  for (Diagnostic& finding : all_) {
    const bool known = std::any_of(taken.begin(), taken.end(), [&](const Diagnostic& other) {
      return other.code == finding.code && other.span == finding.span && other.message == finding.message;
    });
    if (!known) taken.push_back(std::move(finding));
  }
  all_.clear();
  return taken;
}

} // namespace deployctl::policy::lint
