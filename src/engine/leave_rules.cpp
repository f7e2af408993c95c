#include "engine/leave_rules.hpp"

#include <algorithm>
#include <memory>
#include <mutex>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "engine/approvals.hpp"
#include "policy/freeze.hpp"

namespace deployctl::engine {

namespace {

Leave parked(std::string message, std::string help, std::vector<std::string> evidence = {}) {
  return {.kind = Leave::Kind::park,
          .why = {.cause = Cause::policy,
                  .message = std::move(message),
                  .help = std::move(help),
                  .evidence = std::move(evidence)}};
}

Leave refused_leave(Error why) {
  return {.kind = Leave::Kind::refuse, .why = std::move(why)};
}

class LeaveRules {
public:
  explicit LeaveRules(const LeaveSubject& subject) : subject_(subject) {}

  Leave answer(const LeaveQuestion& question, const std::stop_token& stop) {
    Leave thawed = freeze();
    if (thawed.kind != Leave::Kind::go || !question.step.approval) return thawed;
    if (question.place.before != LeavePlace::Before::step) return thawed;
    const std::lock_guard lock(mutex_); // one question at a time
    if (is_approved(question.step.id)) return {};
    return question.step.approval->is_signed() ? signed_approval(question.step, stop)
                                               : spoken_approval(question.step, stop);
  }

private:
  [[nodiscard]] const Environment& environment() const { return subject_.order.environment; }

  [[nodiscard]] Leave freeze() const {
    if (!subject_.deployment.freeze_override.empty()) return {};
    const auto frozen = policy::frozen_at(subject_.order.pipeline.freeze, environment().ports.clock.wall());
    if (!frozen) return refused_leave(frozen.error());
    if (!*frozen) return {};
    return parked(fmt::format("'{}' is {}", subject_.order.pipeline.environment, policy::to_text(**frozen)),
                  "go on with 'deployctl resume " + subject_.order.run + "' when it is over");
  }

  [[nodiscard]] bool is_approved(const std::string& step) const {
    const auto& given = subject_.deployment.approvals;
    return std::any_of(given.begin(), given.end(),
                       [&](const ApprovalRecord& approval) { return approval.step == step; });
  }

  Leave approve(const std::string& step, const std::string& by, const std::string& how) {
    const ApprovalRecord record{step, subject_.order.plan.envelope.digest, by, how};
    if (auto written = subject_.journal.approval(record); !written) return refused_leave(written.error());
    subject_.deployment.approvals.push_back(record);
    environment().events.emit({.type = "approval_granted",
                               .message = approval_words(by, how),
                               .step = step,
                               .fields = Value::Map{{"by", by}, {"how", how}}});
    return {};
  }

  Leave signed_approval(const config::Step& step, const std::stop_token& stop) {
    const RunOrder& order = subject_.order;
    const auto verdict =
        judge_approvals({environment(), order.source, order.planning.stack(), order.plan,
                         *approval_needed(step.approval, order.source, order.planning.live()),
                         approval_subject(order.plan, order.run, step.id), std::string()},
                        stop);
    if (!verdict) return refused_leave(verdict.error());
    if (verdict->granted) return approve(step.id, join(verdict->by, ", "), "signed");
    return parked(fmt::format("step '{}' waits for approval: {}", step.id, verdict->reason),
                  fmt::format("'deployctl approve {}', then 'deployctl resume {}'", order.run, order.run),
                  refusal_lines(*verdict));
  }

  Leave spoken_approval(const config::Step& step, const std::stop_token& stop) {
    const Approval nobody{.reason = "nobody is there to ask"};
    const Approval answer =
        environment().approve_step ? environment().approve_step(subject_.order.plan, step.id, stop) : nobody;
    if (answer.granted) return approve(step.id, answer.by, answer.how);
    if (!answer.how.empty())
      return refused_leave(
          {.cause = Cause::policy,
           .message = fmt::format("step '{}' was not approved: {}", step.id, answer.reason)});
    return parked(fmt::format("step '{}' waits for approval: {}", step.id, answer.reason),
                  fmt::format("run 'deployctl resume {}' on a terminal", subject_.order.run));
  }

  const LeaveSubject subject_;
  std::mutex mutex_;
};

} // namespace

LeaveRule leave_by_rules(const LeaveSubject& subject) {
  const RunOrder& order = subject.order;
  const config::Pipeline& pipeline = order.pipeline;
  if (!order.lock || order.plan.content.operation == "rollback") return {};
  const bool waits = std::any_of(pipeline.steps.begin(), pipeline.steps.end(),
                                 [](const config::Step& step) { return step.approval.has_value(); });
  if (pipeline.freeze.empty() && !waits) return {};
  return [rules = std::make_shared<LeaveRules>(subject)](const LeaveQuestion& question,
                                                         const std::stop_token& stop) {
    return rules->answer(question, stop);
  };
}

} // namespace deployctl::engine
