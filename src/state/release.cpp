#include "state/release.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "state/fields.hpp"

namespace deployctl::state {
namespace {

constexpr int release_format = 1;

// In the order of the enumerations.
const std::vector<std::string_view> outcome_names = {"good", "failed", "reverted", "mixed"};
const std::vector<std::string_view> kind_names = {"resource", "task", "artifact", "data", "gate", "notice"};

Value host_to_value(const Host& host) {
  return Value::Map{{"name", host.name},
                    {"user", host.user},
                    {"address", host.address},
                    {"port", host.port},
                    {"vars", host.vars}};
}

Result<Host> host_from(const Value& value) {
  Host host;
  Fields fields(value, "host of a release step");
  fields.read("name", host.name).read("user", host.user).read("address", host.address);
  fields.read("port", host.port).read("vars", host.vars);
  DEPLOYCTL_CHECK(fields.finish());
  return host;
}

Value step_to_value(const ReleaseStep& step) {
  Value::List hosts;
  std::transform(step.hosts.begin(), step.hosts.end(), std::back_inserter(hosts), host_to_value);
  return Value::Map{{"id", step.id},
                    {"action", step.action},
                    {"kind", kind_names.at(static_cast<std::size_t>(step.kind))},
                    {"instance", step.instance},
                    {"identity", step.identity},
                    {"inputs", step.inputs},
                    {"outputs", step.outputs},
                    {"hosts", std::move(hosts)},
                    {"behind", to_list(step.behind)},
                    {"needs", to_list(step.needs)},
                    {"task_fingerprint", step.task_fingerprint},
                    {"irreversible", step.irreversible},
                    {"older_code_works", step.older_code_works}};
}

Result<ReleaseStep> step_from(const Value& value) {
  ReleaseStep step;
  std::size_t kind = 0;
  Fields fields(value, "release step");
  fields.read("id", step.id).read("action", step.action).read("kind", kind, kind_names);
  fields.read("instance", step.instance).read("identity", step.identity).read("inputs", step.inputs);
  fields.read("outputs", step.outputs).read_each("hosts", step.hosts, host_from).read("behind", step.behind);
  fields.read("needs", step.needs);
  fields.read("task_fingerprint", step.task_fingerprint).read("irreversible", step.irreversible);
  fields.read("older_code_works", step.older_code_works);
  DEPLOYCTL_CHECK(fields.finish());
  step.kind = static_cast<Kind>(kind);
  return step;
}

Value approval_to_value(const ReleaseApproval& approval) {
  return Value::Map{{"step", approval.step}, {"by", approval.by}, {"how", approval.how}};
}

Result<ReleaseApproval> approval_from(const Value& value) {
  ReleaseApproval approval;
  Fields fields(value, "approval of a release");
  fields.read("step", approval.step).read("by", approval.by).read("how", approval.how);
  DEPLOYCTL_CHECK(fields.finish());
  return approval;
}

// A file is {path, sha256, size, mode}; a tree has a digest, too, but its bytes are those of its entries.
void collect_blobs(const Value& value, std::set<std::string>& out) {
  if (const auto* list = value.list())
    for (const Value& item : *list) collect_blobs(item, out);
  const auto* map = value.map();
  if (!map) return;
  const Value* digest = value.find("sha256");
  if (digest && digest->text() && value.find("size")) out.insert(*digest->text());
  for (const auto& [name, member] : *map) collect_blobs(member, out);
}

} // namespace

std::string_view to_text(ReleaseOutcome outcome) {
  return outcome_names.at(static_cast<std::size_t>(outcome));
}

Result<ReleaseOutcome> release_outcome_from(std::string_view text) {
  const auto found = std::find(outcome_names.begin(), outcome_names.end(), text);
  if (found == outcome_names.end())
    return fail(Cause::config, fmt::format("unknown outcome of a release: '{}'", text));
  return static_cast<ReleaseOutcome>(found - outcome_names.begin());
}

const ReleaseStep* Release::step(std::string_view wanted) const {
  const auto found =
      std::find_if(steps.begin(), steps.end(), [&](const ReleaseStep& step) { return step.id == wanted; });
  return found == steps.end() ? nullptr : &*found;
}

Value to_value(const Release& release) {
  Value::List steps;
  std::transform(release.steps.begin(), release.steps.end(), std::back_inserter(steps), step_to_value);
  Value::List approvals;
  std::transform(release.approvals.begin(), release.approvals.end(), std::back_inserter(approvals),
                 approval_to_value);
  return Value::Map{{"format", release.format},
                    {"id", release.id},
                    {"number", release.number},
                    {"version", release.version},
                    {"project", release.project},
                    {"environment", release.environment},
                    {"commit", release.commit},
                    {"tree", release.tree},
                    {"dirty", release.dirty},
                    {"created_at", release.created_at},
                    {"created_by", release.created_by},
                    {"run", release.run},
                    {"operation", release.operation},
                    {"plan_digest", release.plan_digest},
                    {"pipeline_digest", release.pipeline_digest},
                    {"outcome", to_text(release.outcome)},
                    {"tool", release.tool},
                    {"rolled_back_to", release.rolled_back_to},
                    {"promoted_from", release.promoted_from},
                    {"promoted_release", release.promoted_release},
                    {"no_from", release.no_from},
                    {"quarantined", release.quarantined},
                    {"quarantine_reason", release.quarantine_reason},
                    {"freeze_override", release.freeze_override},
                    {"approvals", std::move(approvals)},
                    {"steps", std::move(steps)}};
}

Result<Release> release_from(const Value& value) {
  DEPLOYCTL_CHECK(check_format(value, "release", release_format));
  Release release;
  std::size_t outcome = 0;
  Fields fields(value, "release");
  fields.read("format", release.format).read("id", release.id).read("number", release.number);
  fields.read("version", release.version)
      .read("project", release.project)
      .read("environment", release.environment);
  fields.read("commit", release.commit).read("tree", release.tree).read("dirty", release.dirty);
  fields.read("created_at", release.created_at)
      .read("created_by", release.created_by)
      .read("run", release.run);
  fields.read("operation", release.operation).read("plan_digest", release.plan_digest);
  fields.read("pipeline_digest", release.pipeline_digest).read("outcome", outcome, outcome_names);
  fields.read("tool", release.tool).read("rolled_back_to", release.rolled_back_to);
  fields.read("promoted_from", release.promoted_from).read("promoted_release", release.promoted_release);
  fields.read("no_from", release.no_from);
  fields.read("quarantined", release.quarantined).read("quarantine_reason", release.quarantine_reason);
  fields.read("freeze_override", release.freeze_override);
  fields.read_each("approvals", release.approvals, approval_from);
  fields.read_each("steps", release.steps, step_from);
  DEPLOYCTL_CHECK(fields.finish());
  release.outcome = static_cast<ReleaseOutcome>(outcome);
  return release;
}

std::vector<std::string> blobs_of(const Release& release) {
  std::set<std::string> digests;
  for (const ReleaseStep& step : release.steps) collect_blobs(step.inputs, digests);
  return {digests.begin(), digests.end()};
}

} // namespace deployctl::state
