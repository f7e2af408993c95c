// The tables behind diagnostic_codes.hpp, one file each. Only diagnostic_codes.cpp includes this.
#pragma once

#include "base/diagnostic_codes.hpp"

namespace deployctl::topics {

std::span<const DiagnosticCode> yaml_text();
std::span<const DiagnosticCode> structure();
std::span<const DiagnosticCode> values();
std::span<const DiagnosticCode> interpolation();
std::span<const DiagnosticCode> graph();
std::span<const DiagnosticCode> places();
std::span<const DiagnosticCode> secrets();
std::span<const DiagnosticCode> guardrails();
std::span<const DiagnosticCode> versions();

} // namespace deployctl::topics
