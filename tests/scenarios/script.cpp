#include "scenarios/script.hpp"

#include <charconv>
#include <optional>
#include <stdexcept>

#include "golden.hpp"

namespace deployctl::scenarios {
namespace {

template <class Number>
std::optional<Number> number_in(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Value scalar(const yaml::Node& node) {
  if (node.style != yaml::Style::plain) return node.text;
  if (node.text == "true" || node.text == "false") return node.text == "true";
  if (const auto whole = number_in<std::int64_t>(node.text)) return *whole;
  if (const auto real = number_in<double>(node.text)) return *real;
  return node.text;
}

} // namespace

Script read_script(const std::filesystem::path& file) {
  auto outcome = yaml::parse(file.string(), golden::read(file));
  if (!outcome.document || outcome.has_errors())
    throw std::runtime_error(file.string() + ": " +
                             (outcome.diagnostics.empty() ? "no YAML" : outcome.diagnostics.front().message));
  Script script{.document = *std::move(outcome.document), .title = {}, .steps = {}, .details = {}};
  script.title = text_of(script.document.root, "title");
  const yaml::Node* steps = script.document.root.find("steps");
  if (script.title.empty() || !steps) throw std::runtime_error(file.string() + " needs 'title' and 'steps'");
  for (const yaml::Node& step : steps->items) {
    if (step.entries.empty()) throw std::runtime_error(file.string() + ": a step is a map");
    script.steps.push_back(&step.entries.front());
    script.details.push_back(&step);
  }
  return script;
}

Value value_of(const yaml::Node& node) {
  if (node.is_scalar()) return scalar(node);
  if (node.is_list()) {
    Value::List list;
    for (const yaml::Node& item : node.items) list.push_back(value_of(item));
    return list;
  }
  if (!node.is_map()) return {};
  Value::Map map;
  for (const yaml::Entry& entry : node.entries) map.emplace(entry.key, value_of(entry.value));
  return map;
}

std::string text_of(const yaml::Node& map, std::string_view key, const std::string& otherwise) {
  const yaml::Node* found = map.find(key);
  return found && found->is_scalar() ? found->text : otherwise;
}

std::int64_t number_of(const yaml::Node& map, std::string_view key, std::int64_t otherwise) {
  const std::string text = text_of(map, key);
  return text.empty() ? otherwise : number_in<std::int64_t>(text).value();
}

} // namespace deployctl::scenarios
