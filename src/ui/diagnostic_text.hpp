// Mistakes in a pipeline as people and programs read them: place, excerpt, carets, what helps. Failures of
// the world are Errors and have their own view.
#pragma once

#include <string>
#include <vector>

#include <deployctl/diagnostic.hpp>
#include <deployctl/value.hpp>

#include "base/source.hpp"
#include "ui/style.hpp"

namespace deployctl::ui {

inline constexpr std::size_t most_diagnostics_in_text = 50;

// By position, none twice, at most 50; then how many more there are, and a line that counts errors and
// warnings. Empty when there is nothing to say. `sources` is what spans index.
std::string diagnostics_text(const std::vector<Source>& sources, const std::vector<Diagnostic>& diagnostics,
                             const Style& style);

// All of them, as a list of {severity, code, message, file, line, column, end_line, end_column, begin, end,
// label?, help?, notes?}. Lines and columns count from 1, columns in characters; begin and end are bytes.
Value diagnostics_value(const std::vector<Source>& sources, const std::vector<Diagnostic>& diagnostics);

} // namespace deployctl::ui
