#include "plan/plan.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "plan/change_codec.hpp"

namespace deployctl::plan {

template <>
struct Names<StepStatus> {
  static constexpr std::array<std::string_view, 5> list = {"unchanged", "change", "run", "deferred", "gone"};
};
template <>
struct Members<PlannedTarget> {
  static constexpr auto list =
      std::tuple{member("target", &PlannedTarget::target), member("change", &PlannedTarget::change),
                 member("fingerprint", &PlannedTarget::fingerprint),
                 member("unreachable", &PlannedTarget::unreachable), member("facts", &PlannedTarget::facts)};
};
template <>
struct Members<PlannedStep> {
  static constexpr auto list = std::tuple{member("id", &PlannedStep::id),
                                          member("action", &PlannedStep::action),
                                          member("kind", &PlannedStep::kind),
                                          member("instance", &PlannedStep::instance),
                                          member("status", &PlannedStep::status),
                                          member("why", &PlannedStep::why),
                                          member("needs", &PlannedStep::needs),
                                          member("inputs", &PlannedStep::inputs),
                                          member("outputs", &PlannedStep::outputs),
                                          member("targets", &PlannedStep::targets),
                                          member("waves", &PlannedStep::waves),
                                          member("unknown", &PlannedStep::unknown),
                                          member("crash_class", &PlannedStep::crash_class),
                                          member("task_fingerprint", &PlannedStep::task_fingerprint),
                                          member("irreversible", &PlannedStep::irreversible),
                                          member("older_code_works", &PlannedStep::older_code_works)};
};
template <>
struct Members<PlannedSecret> {
  static constexpr auto list =
      std::tuple{member("name", &PlannedSecret::name), member("reference", &PlannedSecret::reference),
                 member("version", &PlannedSecret::version), member("change", &PlannedSecret::change)};
};
template <>
struct Members<Crossing> {
  static constexpr auto list = std::tuple{member("step", &Crossing::step), member("why", &Crossing::why)};
};
template <>
struct Members<Commit> {
  static constexpr auto list = std::tuple{member("sha", &Commit::sha), member("author", &Commit::author),
                                          member("title", &Commit::title)};
};
template <>
struct Members<config::ApprovalRule> {
  using T = config::ApprovalRule;
  static constexpr auto list =
      std::tuple{member("by", &T::by), member("quorum", &T::quorum), member("expires", &T::expires),
                 member("self_counts", &T::self_counts), member("signers", &T::signers)};
};
template <>
struct Members<ApprovalNeeded> {
  using T = ApprovalNeeded;
  static constexpr auto list = std::tuple{
      member("rule", &T::rule), member("signers_commit", &T::signers_commit), member("of_live", &T::of_live)};
};
template <>
struct Members<Content> {
  static constexpr auto list = std::tuple{member("format", &Content::format),
                                          member("tool", &Content::tool),
                                          member("operation", &Content::operation),
                                          member("project", &Content::project),
                                          member("environment", &Content::environment),
                                          member("is_protected", &Content::is_protected),
                                          member("version", &Content::version),
                                          member("commit", &Content::commit),
                                          member("dirty", &Content::dirty),
                                          member("pipeline_digest", &Content::pipeline_digest),
                                          member("base_release", &Content::base_release),
                                          member("epoch", &Content::epoch),
                                          member("target_release", &Content::target_release),
                                          member("crossings", &Content::crossings),
                                          member("promoted_from", &Content::promoted_from),
                                          member("promoted_release", &Content::promoted_release),
                                          member("built", &Content::built),
                                          member("no_from", &Content::no_from),
                                          member("steps", &Content::steps),
                                          member("secrets", &Content::secrets),
                                          member("commits", &Content::commits),
                                          member("commits_total", &Content::commits_total),
                                          member("approval", &Content::approval)};
};
template <>
struct Members<Envelope> {
  static constexpr auto list =
      std::tuple{member("created_at", &Envelope::created_at), member("created_by", &Envelope::created_by),
                 member("author", &Envelope::author),         member("expires_at", &Envelope::expires_at),
                 member("digest", &Envelope::digest),         member("checksum", &Envelope::checksum)};
};
template <>
struct Members<Plan> {
  static constexpr auto list =
      std::tuple{member("envelope", &Plan::envelope), member("content", &Plan::content)};
};

namespace {

constexpr int known_format = 1;
constexpr JsonLimits file_limits{.bytes = 256U << 20, .depth = 96};

constexpr std::string_view empty_checksum = R"("checksum":"")";

// The canonical text of a plan whose checksum is left empty; what the checksum is taken of.
std::string text_without_checksum(const Plan& plan) {
  Value value = to_value(plan);
  value["envelope"]["checksum"] = "";
  return to_json(value);
}

// The envelope is the last member, and quotes inside its texts are escaped: the last match is the checksum.
std::string with_checksum(std::string text, const std::string& checksum) {
  return text.replace(text.rfind(empty_checksum), empty_checksum.size(),
                      fmt::format(R"("checksum":"{}")", checksum));
}

Value without_facts(const PlannedStep& step) {
  Value value = encode_without(step, {"targets"});
  Value::List targets;
  for (const PlannedTarget& target : step.targets) targets.push_back(encode_without(target, {"facts"}));
  value["targets"] = std::move(targets);
  return value;
}

Error altered(std::string why) {
  return {.cause = Cause::conflict,
          .message = "the plan file was changed after it was made: " + std::move(why),
          .help = "make a new plan and have it approved"};
}

Status check_format(const Value& value) {
  const Value* format = value.find_path("content.format");
  const auto* number = format ? format->get<std::int64_t>() : nullptr;
  if (!number) return fail(Cause::config, "this is not a plan file: it has no content.format");
  if (*number != known_format)
    return fail(Cause::config,
                "plan format " + std::to_string(*number) +
                    " is not known to this version, which knows format " + std::to_string(known_format),
                "apply it with the version of deployctl that made it, or make a new plan");
  return {};
}

} // namespace

bool Plan::has_changes() const {
  return std::ranges::any_of(content.steps, [](const PlannedStep& step) {
    return step.status != StepStatus::unchanged && step.status != StepStatus::gone;
  });
}

Action strongest_action(const PlannedStep& step) {
  constexpr std::array<Action, 6> by_strength = {Action::none,   Action::run,     Action::create,
                                                 Action::update, Action::replace, Action::remove};
  const auto strength = [&](Action action) {
    return std::ranges::find(by_strength, action) - by_strength.begin();
  };
  Action strongest = Action::none;
  for (const PlannedTarget& target : step.targets)
    if (strength(target.change.action) > strength(strongest)) strongest = target.change.action;
  return strongest;
}

Counts count(const Content& content) {
  Counts counts;
  for (const PlannedStep& step : content.steps) {
    switch (step.status) {
    case StepStatus::gone:
      continue;
    case StepStatus::deferred:
      ++counts.deferred;
      continue;
    case StepStatus::run:
      ++counts.run;
      continue;
    case StepStatus::unchanged:
      ++counts.unchanged;
      continue;
    case StepStatus::change:
      break;
    }
    switch (strongest_action(step)) {
    case Action::create:
      ++counts.create;
      break;
    case Action::update:
      ++counts.update;
      break;
    case Action::replace:
      ++counts.replace;
      break;
    case Action::remove:
      ++counts.remove;
      break;
    case Action::run:
      ++counts.run;
      break;
    case Action::none:
      ++counts.unchanged;
      break;
    }
  }
  return counts;
}

// Step by step, since a large plan as one Value takes many times its text.
std::string content_digest(const Content& content) {
  Sha256 hash;
  hash.update(to_json(
      encode_without(content, {"base_release", "epoch", "promoted_release", "steps", "target_release"})));
  for (const PlannedStep& step : content.steps) hash.update("\n").update(to_json(without_facts(step)));
  return hash.finish().hex();
}

Value to_value(const Plan& plan) {
  return encode(plan);
}

Result<Plan> from_value(const Value& value) {
  DEPLOYCTL_CHECK(check_format(value));
  return decode<Plan>(value);
}

std::string to_file(const Plan& plan) {
  std::string text = text_without_checksum(plan);
  const std::string checksum = sha256_hex(text);
  return with_checksum(std::move(text), checksum) + "\n";
}

Result<Plan> from_file(std::string_view text) {
  DEPLOYCTL_TRY(Value value, parse_json(text, JsonMode::contract, file_limits).map_error([](Error error) {
    return std::move(error).in("while reading the plan file");
  }));
  DEPLOYCTL_CHECK(check_format(value));
  auto plan = decode<Plan>(value);
  if (!plan) return fail(altered(plan.error().message));
  value["envelope"]["checksum"] = "";
  std::string canonical = to_json(value);
  value = {};
  const std::string checksum = sha256_hex(canonical);
  if (checksum != plan->envelope.checksum)
    return fail(altered("its checksum is " + checksum + ", the file says " + plan->envelope.checksum));
  if (const std::string digest = content_digest(plan->content); digest != plan->envelope.digest)
    return fail(altered("its digest is " + digest + ", the file says " + plan->envelope.digest));
  if (with_checksum(std::move(canonical), checksum) + "\n" != text)
    return fail(altered("it is not written the way deployctl writes plans"));
  return plan;
}

} // namespace deployctl::plan
