// What in a plan deserves attention before a yes, and in which order steps are shown because of it. Pure;
// wording and colours are the renderer's.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.hpp"

namespace deployctl::plan {

// In the order in which they are shown: what cannot be taken back first.
enum class RiskKind {
  irreversible,
  crossed,
  remove,
  replace,
  not_undoable,
  partly_undoable,
  downtime,
  secret_rotated,
  secret_kept
};

inline constexpr std::array<std::string_view, 9> risk_names = {
    "irreversible",    "crossed",  "remove",         "replace",    "not undoable",
    "partly undoable", "downtime", "secret rotated", "secret kept"};

constexpr std::string_view to_text(RiskKind kind) {
  return risk_names.at(static_cast<std::size_t>(kind));
}

struct Risk {
  RiskKind kind = RiskKind::irreversible;
  std::string subject;              // the step's id, or the secret's name
  std::vector<std::string> targets; // those concerned; empty when the step has one unnamed target
  std::string why; // "schema migrations are forward only", "field 'engine' cannot change in place"
};

// By kind, then in the order of the plan. One entry a kind, step and reason: targets are gathered.
std::vector<Risk> risks(const Content& content);

// Indexes of `content.steps` for showing: those with the gravest risk first, then other changes, runs,
// deferred, unchanged, gone; within one rank in the order of the plan.
std::vector<std::size_t> display_order(const Content& content);

} // namespace deployctl::plan
