// The roots of interpolated names ("vars", "git", "host") as a table, and what each answers. Only for
// scope*.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/scope.hpp"

namespace deployctl::config {

struct ScopeRoots {
  Scope& scope;
  const Reference& reference;
  Span place;
  const Reach& reach;

  Found variable();
  Found vars();
  Found secrets();
  Found environment();
  Found project();
  Found hosts();
  Found host();
  Found git();
  Found release();
  Found live();
  Found run();
  Found each();
  Found steps();
  Found event();

private:
  Found missing(std::string code, std::string message, std::string help);
};

struct Root {
  std::string_view name; // empty: an environment variable
  unsigned bit;
  Found (ScopeRoots::*answer)();
  std::string_view refusal; // help where it may not be used
};

// nullptr: there is no such root.
const Root* find_root(const Reference& reference);
Found unknown_root(const Reference& reference);

// --version, else the highest semantic version tag at HEAD, else `git describe`, with "-dirty.<hash>" when
// dirty; outside a repository the run's id.
std::string release_version(const Facts& facts);

} // namespace deployctl::config
