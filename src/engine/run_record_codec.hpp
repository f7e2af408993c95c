// The journal's records as tables of members: writing and reading them, with precise errors, comes from
// these.
#pragma once

#include "engine/run_records.hpp"
#include "plan/change_codec.hpp"

namespace deployctl::plan {

template <>
struct Members<engine::StageRef> {
  using T = engine::StageRef;
  static constexpr auto list =
      std::tuple{member("step", &T::step),   member("target", &T::target),   member("stage", &T::stage),
                 member("index", &T::index), member("attempt", &T::attempt), member("back", &T::back),
                 member("round", &T::round)};
};
template <>
struct Members<engine::RunBegin> {
  using T = engine::RunBegin;
  static constexpr auto list =
      std::tuple{member("operation", &T::operation), member("release", &T::release), member("by", &T::by),
                 member("pipeline_digest", &T::pipeline_digest), member("plan", &T::plan)};
};
template <>
struct Members<engine::IntentRecord> {
  using T = engine::IntentRecord;
  static constexpr auto list =
      std::tuple{member("ref", &T::ref), member("key", &T::key),       member("class", &T::crash_class),
                 member("ask", &T::ask), member("change", &T::change), member("started_at", &T::started_at)};
};
template <>
struct Members<engine::RemoteIdRecord> {
  using T = engine::RemoteIdRecord;
  static constexpr auto list = std::tuple{member("ref", &T::ref), member("id", &T::id)};
};
template <>
struct Members<engine::UndoRecord> {
  using T = engine::UndoRecord;
  static constexpr auto list =
      std::tuple{member("ref", &T::ref), member("data", &T::data), member("masked", &T::masked)};
};
template <>
struct Members<engine::ErrorRecord> {
  using T = engine::ErrorRecord;
  static constexpr auto list = std::tuple{member("cause", &T::cause), member("message", &T::message),
                                          member("evidence", &T::evidence)};
};
template <>
struct Members<engine::OutcomeRecord> {
  using T = engine::OutcomeRecord;
  static constexpr auto list = std::tuple{member("ref", &T::ref),         member("outputs", &T::outputs),
                                          member("error", &T::error),     member("untouched", &T::untouched),
                                          member("adopted", &T::adopted), member("masked", &T::masked)};
};
template <>
struct Members<engine::ReadyRecord> {
  static constexpr auto list = std::tuple{member("ref", &engine::ReadyRecord::ref)};
};
template <>
struct Members<engine::GateRecord> {
  using T = engine::GateRecord;
  static constexpr auto list = std::tuple{member("step", &T::step),     member("gate", &T::gate),
                                          member("place", &T::place),   member("verdict", &T::verdict),
                                          member("detail", &T::detail), member("evidence", &T::evidence)};
};
template <>
struct Members<engine::BehindRecord> {
  using T = engine::BehindRecord;
  static constexpr auto list = std::tuple{member("target", &T::target), member("why", &T::why)};
};
template <>
struct Members<engine::StepDoneRecord> {
  using T = engine::StepDoneRecord;
  static constexpr auto list =
      std::tuple{member("step", &T::step),       member("result", &T::result), member("inputs", &T::inputs),
                 member("outputs", &T::outputs), member("behind", &T::behind), member("masked", &T::masked)};
};
template <>
struct Members<engine::FailureRecord> {
  using T = engine::FailureRecord;
  static constexpr auto list = std::tuple{member("step", &T::step), member("error", &T::error)};
};
template <>
struct Members<engine::TakenBackRecord> {
  using T = engine::TakenBackRecord;
  static constexpr auto list =
      std::tuple{member("step", &T::step), member("target", &T::target), member("problem", &T::problem)};
};
template <>
struct Members<engine::ApprovalRecord> {
  using T = engine::ApprovalRecord;
  static constexpr auto list = std::tuple{member("step", &T::step), member("digest", &T::digest),
                                          member("by", &T::by), member("how", &T::how)};
};
template <>
struct Members<engine::DecisionRecord> {
  using T = engine::DecisionRecord;
  static constexpr auto list =
      std::tuple{member("what", &T::what), member("by", &T::by), member("why", &T::why)};
};
template <>
struct Members<engine::RunEnd> {
  using T = engine::RunEnd;
  static constexpr auto list = std::tuple{
      member("outcome", &T::outcome), member("exit_code", &T::exit_code), member("release", &T::release),
      member("record", &T::record),   member("ended_at", &T::ended_at),   member("summary", &T::summary)};
};

} // namespace deployctl::plan
