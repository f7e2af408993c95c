#include "engine/admission.hpp"

#include <array>

#include <fmt/core.h>

#include "policy/admission.hpp"
#include "policy/freeze.hpp"
#include "policy/order.hpp"
#include "state/history.hpp"

namespace deployctl::engine {

namespace {

void warn(const Environment& environment, std::string message) {
  environment.events.emit({.type = "diagnostic", .level = Level::warning, .message = std::move(message)});
}

Status not_quarantined(const Environment& environment, const config::Pipeline& pipeline,
                       const Source& source) {
  if (source.commit.empty()) return {};
  DEPLOYCTL_TRY(const auto release, environment.history.quarantined(pipeline.stack(), source.commit));
  if (!release) return {};
  return fail(Cause::superseded,
              fmt::format("release {} of this commit is quarantined: {}", release->number,
                          release->quarantine_reason),
              fmt::format("name it with 'deployctl rollback {} --to {}', or lift it with 'deployctl history "
                          "unquarantine {}'",
                          pipeline.environment, release->number, release->number));
}

Status not_frozen(const Environment& environment, const config::Pipeline& pipeline,
                  const ApplyOptions& options) {
  DEPLOYCTL_TRY(const auto frozen, policy::frozen_at(pipeline.freeze, environment.ports.clock.wall()));
  if (!frozen) return {};
  const std::string text = fmt::format("'{}' is {}", pipeline.environment, policy::to_text(*frozen));
  if (options.override_freeze.empty())
    return fail(Cause::policy, text, "wait, or say why not with --override-freeze WHY; it is recorded");
  warn(environment, fmt::format("{}; overridden: {}", text, options.override_freeze));
  return {};
}

Status admitted(const config::Pipeline& pipeline, const Source& source) {
  if (!pipeline.allow) return {};
  return policy::admitted(
      *pipeline.allow,
      {.commit = source.commit, .branch = source.branch, .tags = source.tags, .dirty = source.dirty},
      pipeline.environment);
}

constexpr std::array<policy::Relation, 5> relations = {policy::Relation::same, policy::Relation::newer,
                                                       policy::Relation::older, policy::Relation::diverged,
                                                       policy::Relation::missing};

Result<std::string> order_of(const Source& source, const std::optional<state::Release>& live) {
  if (!live || live->commit.empty() || !source.kinship) return std::string();
  DEPLOYCTL_TRY(const vcs::Kinship kinship, source.kinship(live->commit));
  policy::OrderFacts facts{.commit = source.commit,
                           .live_commit = live->commit,
                           .live_release =
                               fmt::format("release {}{}", live->number,
                                           live->version.empty() ? "" : ", version " + live->version),
                           .relation = relations.at(static_cast<std::size_t>(kinship)),
                           .committed_at = source.committed_at,
                           .shallow = source.shallow};
  if (const auto since = parse_time(live->created_at)) facts.live_since = *since;
  return policy::follows(facts);
}

} // namespace

Status may_begin(const Environment& environment, const config::Pipeline& pipeline, const Source& source,
                 const ApplyOptions& options) {
  DEPLOYCTL_CHECK(admitted(pipeline, source));
  DEPLOYCTL_CHECK(not_quarantined(environment, pipeline, source));
  return not_frozen(environment, pipeline, options);
}

Status may_follow(const Environment& environment, const Source& source,
                  const std::optional<state::Release>& live) {
  DEPLOYCTL_TRY(std::string note, order_of(source, live));
  if (!note.empty()) warn(environment, std::move(note));
  return {};
}

void warn_of_rules(const Environment& environment, const config::Pipeline& pipeline, const Source& source,
                   const std::optional<state::Release>& live) {
  for (const Status& status :
       {may_begin(environment, pipeline, source, {}), may_follow(environment, source, live)})
    if (!status) warn(environment, "an apply would be refused now: " + status.error().message);
}

} // namespace deployctl::engine
