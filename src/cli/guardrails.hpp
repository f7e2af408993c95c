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

// Of a pipeline alone, as every command that reads one looks at it: with the levels of `environment`, or
// without one's.
Result<policy::lint::LintReport> lint_pipeline(const yaml::Document& pipeline,
                                               const std::string& environment = {});

// Where a pipeline stands, for the files beside it: those of its folder, and its workflows. Build contexts
// are not listed: that is for `lint`.
struct Neighbourhood {
  std::string here;      // absolute
  std::string directory; // the pipeline's, absolute
  std::string environment;
};
// Of the files beside it alone. Costs one look at the folder when there are none.
Result<policy::lint::LintReport> lint_beside(const yaml::Document& pipeline, const Neighbourhood& place);
// Of a pipeline (the first source) and the files beside it.
Result<policy::lint::LintReport> lint_with_files_beside(const yaml::Document& pipeline,
                                                        const Neighbourhood& place);

std::size_t count_errors(const std::vector<Diagnostic>& findings);

} // namespace deployctl::cli
