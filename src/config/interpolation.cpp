#include "config/interpolation.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "config/interpolation_filters.hpp"

namespace deployctl::config {
namespace {

constexpr std::string_view not_text = "D0405";
constexpr std::string_view filter_refused = "D0406";
constexpr std::string_view secret_and_unknown = "D0407";
constexpr std::string_view variable_required = "D0408";

using Outcome = tl::expected<Value, TextProblem>;

tl::unexpected<TextProblem> problem(const Reference& at, std::string_view code, std::string message,
                                    std::string help = {}) {
  return tl::unexpected<TextProblem>(
      {std::string(code), at.begin, at.end, std::move(message), std::move(help)});
}

Outcome filter_unknown(const Reference& reference, Unknown unknown, const std::vector<Filter>& filters) {
  unknown.expression = expression_of(unknown);
  if (filters.empty()) return Value(std::move(unknown));
  const Template inner = parse_template(unknown.expression).value;
  if (inner.parts.size() != 1 || inner.is_constant())
    return problem(reference, filter_refused,
                   "a filter cannot be applied to a text that is only partly known",
                   "apply it where the step's output is named");
  unknown.expression.insert(unknown.expression.size() - 1, filters_text(filters));
  return Value(std::move(unknown));
}

Outcome apply_filters(const Reference& reference, Value value, std::vector<Filter> filters) {
  if (auto* const unknown = value.get<Unknown>())
    return filter_unknown(reference, std::move(*unknown), filters);
  std::erase_if(filters, [](const Filter& filter) { return find_filter(filter.name)->apply == nullptr; });
  bool sealed = false;
  for_each_secret(value, [&sealed](const Secret&) { sealed = true; });
  for_each_unknown(value, [&sealed](const Unknown&) { sealed = true; });
  for (const Filter& filter : filters) {
    if (sealed)
      return problem(reference, filter_refused,
                     fmt::format("filter '{}' cannot be applied to a secret or an unknown", filter.name),
                     "keep the secret in the form it is needed in");
    auto changed = find_filter(filter.name)->apply(value);
    if (!changed)
      return problem(reference, not_text,
                     fmt::format("filter '{}' takes text, but '{}' is {}", filter.name, reference.name,
                                 changed.error().message),
                     changed.error().help);
    value = *std::move(changed);
  }
  return value;
}

// The value is not there: a default takes its place, and the filters behind the default apply to it.
Outcome absent(const Reference& reference, const Answer& answer) {
  if (reference.fallback) return apply_filters(reference, Value(*reference.fallback), reference.filters);
  if (reference.message)
    return problem(reference, variable_required,
                   fmt::format("'{}' is not set: {}", reference.name, *reference.message));
  const auto fallback =
      std::find_if(reference.filters.begin(), reference.filters.end(),
                   [](const Filter& filter) { return find_filter(filter.name)->apply == nullptr; });
  if (fallback == reference.filters.end())
    return problem(reference, answer.code, answer.message, answer.help);
  return apply_filters(reference, Value(fallback->argument), {fallback + 1, reference.filters.end()});
}

bool counts_as_absent(const Reference& reference, const Answer& answer) {
  if (answer.state == Answer::State::absent) return true;
  const std::string* const text = answer.value.text();
  return (reference.fallback || reference.message) && text != nullptr && text->empty();
}

Outcome evaluate_reference(const Reference& reference, const Lookup& lookup) {
  if (reference.kind == Reference::Kind::constant)
    return apply_filters(reference, Value(reference.name), reference.filters);
  Answer answer = lookup(reference);
  if (answer.state == Answer::State::wrong)
    return problem(reference, answer.code, answer.message, answer.help);
  if (counts_as_absent(reference, answer)) return absent(reference, answer);
  return apply_filters(reference, std::move(answer.value), reference.filters);
}

// Text in the making: runs of known text between secrets or unknowns.
class Joiner {
public:
  void text(std::string_view text) { run_ += text; }

  void secret(const Secret& secret) {
    flush_secret();
    parts_.insert(parts_.end(), secret.parts().begin(), secret.parts().end());
    has_secret_ = true;
  }

  void unknown(const Unknown& unknown) {
    // A '$' right before "${" would turn it into a literal, so it is written as a constant.
    const std::size_t kept = std::min(run_.find_last_not_of('$') + 1, run_.size());
    expression_ += escape_interpolation(run_.substr(0, kept));
    if (kept < run_.size()) expression_ += "${'" + run_.substr(kept) + "'}";
    run_.clear();
    expression_ += unknown.expression;
    if (!first_) first_ = unknown;
  }

  [[nodiscard]] bool mixed() const { return has_secret_ && first_; }

  Value value() {
    if (first_) {
      first_->expression = expression_ + escape_interpolation(run_);
      return Value(*std::move(first_));
    }
    if (!has_secret_) return Value(std::move(run_));
    flush_secret();
    return Value(Secret::composed(std::move(parts_)));
  }

private:
  void flush_secret() {
    if (!run_.empty()) parts_.push_back({.literal = std::move(run_), .name = {}});
    run_.clear();
  }

  std::string run_;
  std::string expression_;
  std::optional<Unknown> first_;
  std::vector<Secret::Part> parts_;
  bool has_secret_ = false;
};

std::optional<TextProblem> join_value(Joiner& joiner, const Reference& reference, const Value& value) {
  if (const auto* const secret = value.get<Secret>())
    joiner.secret(*secret);
  else if (const auto* const unknown = value.get<Unknown>())
    joiner.unknown(*unknown);
  else if (const auto text = scalar_text(value))
    joiner.text(*text);
  else
    return TextProblem{
        std::string(not_text), reference.begin, reference.end,
        fmt::format("'{}' is {}, which cannot stand inside a text", reference.name, text.error().message),
        text.error().help};
  return std::nullopt;
}

Evaluation join_parts(const Template& text, const Lookup& lookup) {
  Evaluation out;
  Joiner joiner;
  for (const auto& part : text.parts) {
    const auto* const reference = std::get_if<Reference>(&part);
    if (reference == nullptr) {
      joiner.text(std::get<std::string>(part));
      continue;
    }
    const Outcome value = evaluate_reference(*reference, lookup);
    auto fault = value ? join_value(joiner, *reference, *value) : std::optional(value.error());
    if (fault)
      out.problems.push_back(*std::move(fault));
    else if (joiner.mixed() && out.problems.empty())
      out.problems.push_back({std::string(secret_and_unknown), reference->begin, reference->end,
                              "a secret and an output that is not known yet stand in one text",
                              "give them in two values"});
  }
  if (out.problems.empty()) out.value = joiner.value();
  return out;
}

} // namespace

Answer Answer::absent(std::string code, std::string message, std::string help) {
  return {State::absent, {}, std::move(code), std::move(message), std::move(help)};
}

Answer Answer::wrong(std::string code, std::string message, std::string help) {
  return {State::wrong, {}, std::move(code), std::move(message), std::move(help)};
}

std::string_view Reference::root() const {
  return std::string_view(name).substr(0, name.find('.'));
}

bool Reference::has_default() const {
  return fallback || std::any_of(filters.begin(), filters.end(), [](const Filter& filter) {
           return find_filter(filter.name)->apply == nullptr;
         });
}

bool Template::is_constant() const {
  return references().empty();
}

std::vector<Reference> Template::references() const {
  std::vector<Reference> out;
  for (const auto& part : parts)
    if (const auto* const reference = std::get_if<Reference>(&part);
        reference != nullptr && reference->kind != Reference::Kind::constant)
      out.push_back(*reference);
  return out;
}

Evaluation evaluate(const Template& text, const Lookup& lookup) {
  const auto* const alone = text.parts.size() == 1 ? std::get_if<Reference>(&text.parts.front()) : nullptr;
  if (alone == nullptr) return join_parts(text, lookup);
  Outcome value = evaluate_reference(*alone, lookup);
  if (!value) return {.value = {}, .problems = {value.error()}};
  return {.value = *std::move(value), .problems = {}};
}

std::string expression_of(const Unknown& unknown) {
  if (!unknown.expression.empty()) return unknown.expression;
  return fmt::format("${{steps.{}.{}}}", unknown.step, unknown.output);
}

std::string escape_interpolation(std::string_view text) {
  return replace_all(text, "${", "$${");
}

} // namespace deployctl::config
