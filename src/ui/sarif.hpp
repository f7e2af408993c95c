// Findings as SARIF 2.1.0, the format that code scanning services take.
#pragma once

#include <string>
#include <vector>

#include <deployctl/diagnostic.hpp>
#include <deployctl/value.hpp>

#include "base/source.hpp"

namespace deployctl::ui {

// A finding that somebody allowed, with the reason.
struct Suppressed {
  Diagnostic finding;
  std::string why;
  bool in_source = true; // by a comment beside it; else by the pipeline's `policy`
};

struct SarifRun {
  std::string version; // of the tool
  std::vector<Source> sources;
  std::vector<Diagnostic> findings;
  std::vector<Suppressed> suppressed;
};

// One log with one run. Rules are explained from the table of codes; columns count characters from 1.
Value sarif_value(const SarifRun& run);

} // namespace deployctl::ui
