// Whether signed approvals are enough for a plan or a step: gathers them from the file beside the plan and
// from the state, has each proved against the signers file of the right commit, and lets policy count.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.hpp"
#include "policy/approval_count.hpp"
#include "state/local_state.hpp"
#include "state/release.hpp"

namespace deployctl::engine {

// None for a rule without names: whoever is there answers.
std::optional<plan::ApprovalNeeded> approval_needed(const std::optional<config::ApprovalRule>& rule,
                                                    const Source& source,
                                                    const std::optional<state::Release>& live);

// "ann@laptop <ann@example.com>": what a statement says about who made the plan.
std::string planned_by(const plan::Envelope& envelope);
policy::ApprovalSubject approval_subject(const plan::Plan& plan, std::string run = {}, std::string step = {});

struct ApprovalQuestion {
  const Environment& environment;
  const Source& source;
  const state::StackState& stack;
  const plan::Plan& plan;
  plan::ApprovalNeeded needed;
  policy::ApprovalSubject subject;
  std::string given; // text of PLANFILE.approvals; empty: none
};

// Errors: policy when it cannot be told who may sign, config for an unreadable file of approvals.
// What is refused is written to the stack's audit log.
Result<policy::ApprovalVerdict> judge_approvals(const ApprovalQuestion& question,
                                                const std::stop_token& stop);

// What people read: "approved by ann@laptop at the prompt". `how` as in Approval.
std::string approval_words(std::string_view by, std::string_view how);

// "lead: it expired at …", one line each.
std::vector<std::string> refusal_lines(const policy::ApprovalVerdict& verdict);

} // namespace deployctl::engine
