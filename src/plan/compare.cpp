#include "plan/compare.hpp"

#include <algorithm>
#include <set>

#include "base/json.hpp"
#include "plan/change_codec.hpp"

namespace deployctl::plan {
namespace {

bool may_become(Action approved, Action now) {
  return now == Action::none || now == approved || (approved == Action::replace && now == Action::update);
}

bool may_be_deferred(Action now) {
  return now != Action::replace && now != Action::remove;
}

std::string text_of(const Value* value) {
  return value ? to_json(*value) : std::string();
}

class Comparison {
public:
  std::vector<Difference> steps(const PlannedStep& approved, const PlannedStep& now) {
    approved_ = &approved;
    same("", "action", approved.action, now.action);
    same("", "instance", approved.instance, now.instance);
    inputs("inputs", approved.inputs, now.inputs);
    const bool deferred = approved.status == StepStatus::deferred && approved.targets.empty();
    for (const PlannedTarget& target : now.targets) {
      const auto found = std::ranges::find(approved.targets, target.target.name,
                                           [](const PlannedTarget& other) { return other.target.name; });
      if (found != approved.targets.end())
        changes(target.target.name, found->change, target.change);
      else if (!deferred)
        add(target.target.name, "target", "", "\"" + std::string(to_name(target.change.action)) + "\"");
      else if (!may_be_deferred(target.change.action))
        add(target.target.name, "action", "", to_name(target.change.action));
    }
    return std::move(differences_);
  }

private:
  void add(const std::string& target, std::string path, std::string_view approved, std::string_view now) {
    differences_.push_back({target, std::move(path), std::string(approved), std::string(now)});
  }

  void same(const std::string& target, const std::string& path, std::string_view approved,
            std::string_view now) {
    if (approved != now) add(target, path, approved, now);
  }

  void inputs(const std::string& path, const Value& approved, const Value& now) {
    if (approved.is<Unknown>()) return;
    if (!approved.map() || !now.map()) {
      if (approved != now && !lists(path, approved, now)) add("", path, text_of(&approved), text_of(&now));
      return;
    }
    std::set<std::string_view> keys;
    for (const Value* value : {&approved, &now})
      for (const auto& [key, item] : *value->map()) keys.insert(key);
    for (const std::string_view key : keys) {
      const Value* was = approved.find(key);
      const Value* is = now.find(key);
      const std::string below = path + "." + std::string(key);
      if (was && is)
        inputs(below, *was, *is);
      else
        add("", below, text_of(was), text_of(is));
    }
  }

  // Lists of one length are compared item by item: an item may have been unknown.
  bool lists(const std::string& path, const Value& approved, const Value& now) {
    if (!approved.list() || !now.list() || approved.list()->size() != now.list()->size()) return false;
    for (std::size_t i = 0; i < now.list()->size(); ++i)
      inputs(path + "." + std::to_string(i), approved.list()->at(i), now.list()->at(i));
    return true;
  }

  void changes(const std::string& target, const Change& approved, const Change& now) {
    if (now.action == Action::none) return;
    if (!may_become(approved.action, now.action))
      return add(target, "action", to_name(approved.action), to_name(now.action));
    if (now.undoable > approved.undoable)
      add(target, "undoable", to_name(approved.undoable), to_name(now.undoable));
    if (!now.downtime.empty() && now.downtime != approved.downtime)
      add(target, "downtime", approved.downtime, now.downtime);
    for (const FieldChange& field : now.fields) field_change(target, approved, field);
  }

  // A provider may show what an input leads to under another name: of a tree that was unknown,
  // "files.bin/app".
  [[nodiscard]] bool may_come_from_unknown(std::string_view path) const {
    if (approved_->unknown.empty()) return false;
    const Value* input = approved_->inputs.find(path.substr(0, path.find('.')));
    return !input || has_unknown(*input);
  }

  void field_change(const std::string& target, const Change& approved, const FieldChange& now) {
    for (const FieldChange& field : approved.fields) {
      const bool same_path = field.path == now.path;
      const bool below = now.path.starts_with(field.path) && now.path.size() > field.path.size() &&
                         now.path[field.path.size()] == '.';
      if (field.after.is<Unknown>() && (same_path || below)) return;
      if (!same_path) continue;
      if (has_unknown(field.after) || field.after == now.after) return;
      return add(target, "fields." + now.path, text_of(&field.after), text_of(&now.after));
    }
    if (!may_come_from_unknown(now.path)) add(target, "fields." + now.path, "", text_of(&now.after));
  }

  // The known part of such a value was compared with the inputs.
  static bool has_unknown(const Value& value) {
    bool found = false;
    for_each_unknown(value, [&](const Unknown&) { found = true; });
    return found;
  }

  const PlannedStep* approved_ = nullptr;
  std::vector<Difference> differences_;
};

} // namespace

std::vector<Difference> outside_approval(const PlannedStep& approved, const PlannedStep& now) {
  return Comparison().steps(approved, now);
}

std::string to_text(const Difference& difference) {
  std::string text = difference.path;
  if (!difference.target.empty()) text += " on " + difference.target;
  const auto shown = [](const std::string& value) { return value.empty() ? std::string("nothing") : value; };
  return text + " is " + shown(difference.now) + ", approved was " + shown(difference.approved);
}

} // namespace deployctl::plan
