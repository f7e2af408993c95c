// A plan for people and for programs. For people: servers and versions first, then what is risky, then only
// the fields that change, waves by host name, the commits that ship, and one line of totals. For programs:
// one JSON document. Reads the plan's value types; asks nobody and compares nothing itself.
#pragma once

#include <string>

#include <deployctl/value.hpp>

#include "plan/plan.hpp"
#include "ui/style.hpp"

namespace deployctl::ui {

// The plan and what is known beside it: from the history, not part of what is approved.
struct PlanSubject {
  const plan::Plan& plan;
  std::string file = "deploy.yaml"; // the pipeline, as the user named it
  std::string live_version;         // empty: nothing is live yet
  std::string live_since;           // RFC 3339; empty when nothing is live
};

struct PlanDetail {
  bool unchanged_steps = false;  // name the steps that stay as they are
  std::size_t fields_shown = 20; // of one change; the rest is counted
  bool all_hosts = false;        // one line a host; else those that stand alike share one
};

inline constexpr PlanDetail every_detail{.unchanged_steps = true,
                                         .fields_shown = static_cast<std::size_t>(-1)};

std::string plan_text(const PlanSubject& subject, const Style& style, const PlanDetail& detail = {});

// "Plan: 2 to update, 1 to create, 0 to remove, 9 unchanged." with replace, run and deferred parts when not
// zero.
std::string plan_totals(const plan::Counts& counts);

// What was compared, with what, and when.
std::string no_changes_sentence(const PlanSubject& subject);

// {envelope, content, counts, changes}
Value plan_document(const plan::Plan& plan);

} // namespace deployctl::ui
