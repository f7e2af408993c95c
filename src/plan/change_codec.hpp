// The contract's change types as records: what a plan file and a journal keep of a Change, a Stage and a
// Target. Every member is written; secrets only by reference. Reading refuses unknown members and names the
// wrong one.
#pragma once

#include <deployctl/change.hpp>
#include <deployctl/intent.hpp>
#include <deployctl/provider.hpp>

#include "plan/decoder.hpp"

namespace deployctl::plan {

template <>
struct Names<Action> {
  static constexpr std::array<std::string_view, 6> list = {"none",    "create", "update",
                                                           "replace", "remove", "run"};
};
template <>
struct Names<StageKind> {
  static constexpr std::array<std::string_view, 4> list = {"prepare", "act", "shift", "finish"};
};
template <>
struct Names<OnCancel> {
  static constexpr std::array<std::string_view, 3> list = {"leave", "finish", "kill"};
};
template <>
struct Names<Undoable> {
  static constexpr std::array<std::string_view, 3> list = {"yes", "partly", "no"};
};
template <>
struct Names<CrashClass> {
  static constexpr std::array<std::string_view, 5> list = {"observe", "declarative", "keyed", "marked",
                                                           "opaque"};
};
template <>
struct Names<Kind> {
  static constexpr std::array<std::string_view, 6> list = {"resource", "task", "artifact",
                                                           "data",     "gate", "notice"};
};

template <>
struct Members<Host> {
  static constexpr auto list =
      std::tuple{member("name", &Host::name), member("user", &Host::user), member("address", &Host::address),
                 member("port", &Host::port), member("vars", &Host::vars)};
};
template <>
struct Members<Target> {
  static constexpr auto list = std::tuple{member("name", &Target::name), member("host", &Target::host)};
};
template <>
struct Members<ReadyRule> {
  static constexpr auto list =
      std::tuple{member("within", &ReadyRule::within), member("interval", &ReadyRule::interval),
                 member("consecutive", &ReadyRule::consecutive)};
};
template <>
struct Members<Stage> {
  static constexpr auto list =
      std::tuple{member("name", &Stage::name),           member("kind", &Stage::kind),
                 member("weight", &Stage::weight),       member("gate_after", &Stage::gate_after),
                 member("on_cancel", &Stage::on_cancel), member("timeout", &Stage::timeout),
                 member("ready", &Stage::ready)};
};
template <>
struct Members<FieldChange> {
  static constexpr auto list = std::tuple{
      member("path", &FieldChange::path), member("before", &FieldChange::before),
      member("after", &FieldChange::after), member("forces_replacement", &FieldChange::forces_replacement)};
};
template <>
struct Members<Change> {
  static constexpr auto list =
      std::tuple{member("action", &Change::action),     member("summary", &Change::summary),
                 member("fields", &Change::fields),     member("stages", &Change::stages),
                 member("undoable", &Change::undoable), member("undoable_why", &Change::undoable_why),
                 member("downtime", &Change::downtime), member("desired", &Change::desired),
                 member("basis", &Change::basis)};
};
template <>
struct Members<Ask> {
  static constexpr auto list =
      std::tuple{member("step", &Ask::step), member("inputs", &Ask::inputs), member("target", &Ask::target),
                 member("recorded", &Ask::recorded), member("release", &Ask::release)};
};
template <>
struct Members<Undo> {
  static constexpr auto list =
      std::tuple{member("ask", &Undo::ask), member("stage", &Undo::stage), member("data", &Undo::data)};
};

// The name of an enumerator as records and people see it: to_name(Action::replace) == "replace".
template <Named T>
constexpr std::string_view to_name(T value) {
  return Names<T>::list.at(static_cast<std::size_t>(value));
}

} // namespace deployctl::plan
