#include "config/scope.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "config/scope_roots.hpp"

namespace deployctl::config {

std::string_view below_root(std::string_view name) {
  const auto dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view{} : name.substr(dot + 1);
}

Value text_value(const Spanned& written) {
  switch (written.kind) {
  case Spanned::Kind::null:
    return {};
  case Spanned::Kind::text:
    return written.text;
  case Spanned::Kind::leaf:
    return written.value;
  case Spanned::Kind::later:
    return unknowable(written.text);
  case Spanned::Kind::list: {
    Value::List items;
    for (const auto& item : written.items) items.push_back(text_value(item));
    return items;
  }
  case Spanned::Kind::map:
    break;
  }
  Value::Map members;
  for (const auto& entry : written.entries) members[entry.key] = text_value(entry.value);
  return members;
}

Scope::Scope(ScopeInputs inputs) : inputs_(inputs) {
  if (const auto* vars = inputs_.merged.find("vars"))
    for (const auto& entry : vars->entries) vars_[entry.key] = {.written = &entry.value};
  if (const auto* secrets = inputs_.merged.find("secrets"))
    for (const auto& entry : secrets->entries) secret_names_.push_back(entry.key);
}

Names Scope::names(Reach reach) {
  return [this, reach = std::move(reach)](const Reference& reference, Span place) {
    return find(reference, place, reach);
  };
}

Found Scope::find(const Reference& reference, Span place, const Reach& reach) {
  const auto* root = find_root(reference);
  if (!root) return unknown_root(reference);
  if ((root->bit & reach.allowed) == 0)
    return {Answer::wrong("D0422", fmt::format("'{}' may not be used here", reference.name),
                          std::string(root->refusal))};
  ScopeRoots roots{*this, reference, place, reach};
  return (roots.*root->answer)();
}

Found Scope::var(const Reference& reference, Span place, const Reach& reach) {
  const auto path = below_root(reference.name);
  const std::string name(path.substr(0, path.find('.')));
  const auto found = vars_.find(name);
  if (found == vars_.end()) {
    std::vector<std::string> known;
    for (const auto& [key, variable] : vars_) known.push_back(key);
    return {Answer::wrong("D0423", fmt::format("no variable '{}' is declared under 'vars'", name),
                          similar_help(name, known, "variable", "variables"))};
  }
  auto whole = evaluate_var(name, found->second, reach);
  if (whole.answer.state != Answer::State::found || whole.unknowable || whole.answer.value.is<Unknown>()) {
    if (whole.answer.value.is<Unknown>()) whole.unknowable = true;
    return whole;
  }
  const auto rest = below_root(path);
  const auto* value = rest.empty() ? &whole.answer.value : whole.answer.value.find_path(rest);
  if (value) return {Answer::found(*value)};
  static_cast<void>(place);
  return {Answer::wrong("D0423", fmt::format("variable '{}' has no '{}'", name, rest))};
}

Found Scope::evaluate_var(const std::string& name, Variable& variable, const Reach& reach) {
  if (const auto given = inputs_.facts.set.find(name); given != inputs_.facts.set.end())
    return {Answer::found(given->second)};
  if (variable.in_progress)
    return {Answer::wrong("D0429", fmt::format("variable '{}' is made of itself", name),
                          "break the circle of vars")};
  if (!variable.value) {
    variable.in_progress = true;
    const auto before = inputs_.findings.errors();
    const auto written =
        inputs_.reader.read(*variable.written, nullptr, names({.knowledge = reach.knowledge}));
    variable.in_progress = false;
    auto value = text_value(written);
    // What was wrong is told at the variable; who uses it need not repeat it.
    if (inputs_.findings.errors() > before && value.is<std::string>()) value = unknowable(name);
    variable.value = std::move(value);
  }
  return {Answer::found(*variable.value), variable.value->is<Unknown>()};
}

std::string Scope::release_version() const {
  return config::release_version(inputs_.facts);
}

} // namespace deployctl::config
