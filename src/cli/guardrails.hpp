// The guardrails as commands use them: which files are looked at, read from this machine, and what they
// found. The rules themselves are policy's.
#pragma once

#include <string>
#include <vector>

#include <deployctl/result.hpp>

#include "policy/lint/lint.hpp"

namespace deployctl::cli {

// Of a folder the files that git keeps and a rule looks at (outside of a repository those that lie there); a
// file that is named is looked at whatever it is. Names are shown as they are reached from `here`. `pipeline`
// is absolute.
struct LintScope {
  std::string here; // absolute
  std::string pipeline;
  std::vector<std::string> paths; // empty: `here`
};

Result<policy::lint::LintReport> lint_report(const LintScope& scope);

// Of a pipeline alone, as every command that reads one looks at it.
Result<policy::lint::LintReport> lint_pipeline(const Source& pipeline);

std::size_t count_errors(const std::vector<Diagnostic>& findings);

} // namespace deployctl::cli
