#include "config/doc_page.hpp"

#include <array>

#include <deployctl/units.hpp>
#include <fmt/core.h>

#include "base/json.hpp"
#include "base/store_settings.hpp"
#include "base/strings.hpp"
#include "config/language.hpp"
#include "config/scalar.hpp"
#include "config/step_keys.hpp"

namespace deployctl::config {
namespace {

std::string plain_text(const Value& value) {
  return value.text() ? *value.text() : to_json(value, JsonMode::plain);
}

std::string type_of(const Field& field);

std::string collection_type(const Field& field) {
  const std::string_view own = describe_type(field.type);
  if (field.element.empty()) return std::string(own);
  return fmt::format("{}; each is {}", own, type_of(field.element.front()));
}

std::string shapes_type(const Field& field) {
  std::vector<std::string> shapes;
  for (const Field& shape : field.element)
    if (in_this_version(shape.since)) shapes.push_back(type_of(shape));
  return shapes.empty() ? "any value" : join(shapes, "; or ");
}

std::string type_of(const Field& field) {
  if (field.type == FieldType::choice && field.choices.size() == 1) return field.choices.front();
  if (field.type == FieldType::choice) return "one of " + join(field.choices, ", ");
  if (field.type == FieldType::list || field.type == FieldType::map) return collection_type(field);
  return field.type == FieldType::any ? shapes_type(field) : std::string(describe_type(field.type));
}

// Bounds in the words of their unit; the table keeps them as numbers.
std::string bounds_of(const Field& field) {
  const auto shown = [&field](std::int64_t bound) {
    if (field.type == FieldType::duration) return format_duration(Milliseconds(bound));
    if (field.type == FieldType::size)
      return format_size(static_cast<std::uint64_t>(std::max<std::int64_t>(bound, 0)));
    return std::to_string(bound);
  };
  if (field.least && field.most) return fmt::format("from {} to {}", shown(*field.least), shown(*field.most));
  if (field.least) return "at least " + shown(*field.least);
  return field.most ? "at most " + shown(*field.most) : "";
}

std::string secret_of(const Field& field) {
  if (field.secret == SecretUse::value) return "takes ${secrets.NAME}, also inside text";
  return field.secret == SecretUse::reference ? "takes ${secrets.NAME} only" : "";
}

std::string effect_of(const Field& field) {
  if (field.identity) return "says which real thing this is: another value is another thing";
  if (field.immutable) return "replaces what is there";
  return field.annotation ? "alone is no deployment" : "";
}

struct Fact {
  std::string_view name;
  std::string (*text)(const Field&);
};

constexpr std::array<Fact, 10> facts = {{
    {"type", type_of},
    {"required", [](const Field& f) { return std::string(f.required ? "yes" : ""); }},
    {"default", [](const Field& f) { return f.fallback ? plain_text(*f.fallback) : std::string(); }},
    {"example", [](const Field& f) { return f.example; }},
    {"unit", [](const Field& f) { return f.unit; }},
    {"range", bounds_of},
    {"form", [](const Field& f) { return f.pattern; }},
    {"secrets", secret_of},
    {"a change", effect_of},
    {"version",
     [](const Field& f) { return std::string(in_this_version(f.since) ? "" : "not in this version"); }},
}};

DocSection section_of_facts(const Field& field) {
  DocSection out;
  for (const Fact& fact : facts)
    if (std::string text = fact.text(field); !text.empty())
      out.rows.push_back({std::string(fact.name), {}, std::move(text)});
  return out;
}

DocSection section_of_fields(std::string title, std::span<const Field> fields) {
  DocSection out{.title = std::move(title), .code = {}, .rows = {}};
  for (const Field& field : fields) {
    std::string note = type_of(field);
    if (field.required) note += ", required";
    if (field.fallback) note += ", default " + plain_text(*field.fallback);
    if (!in_this_version(field.since)) note += ", not in this version";
    out.rows.push_back({field.name, std::move(note), field.help});
  }
  return out;
}

constexpr std::array<std::string_view, 4> strategy_names = {"rolling", "canary", "blue_green", "all_at_once"};

DocSection section_of_rules(const Description& action) {
  DocSection out{.title = "Rules", .code = {}, .rows = {}};
  for (const FieldGroup& group : action.groups)
    out.rows.push_back(
        {join(group.names, ", "), {}, group.required ? "exactly one of them" : "at most one of them"});
  std::vector<std::string> strategies;
  for (const StrategyKind kind : action.strategies)
    strategies.emplace_back(strategy_names.at(static_cast<std::size_t>(kind)));
  if (!strategies.empty()) out.rows.push_back({"strategies", {}, join(strategies, ", ")});
  if (action.on_hosts) out.rows.push_back({"targets", {}, "one for each host of `hosts`"});
  out.rows.push_back({"timeout",
                      {},
                      format_duration(action.default_timeout) +
                          " for one target's attempt, unless the step says otherwise"});
  for (const std::string& permission : action.permissions) out.rows.push_back({"permission", {}, permission});
  return out;
}

} // namespace

std::span<const Field> members_of(const Field& field) {
  if (field.type == FieldType::object) return field.fields;
  for (const Field& element : field.element)
    if (const auto members = members_of(element); !members.empty()) return members;
  return {};
}

DocPage page_of(const DiagnosticCode& code) {
  return {.title = fmt::format("{}: {}", code.code, code.title),
          .text = std::string(code.explanation),
          .sections = {{.title = "Wrong", .code = std::string(code.wrong), .rows = {}},
                       {.title = "Right", .code = std::string(code.right), .rows = {}}}};
}

DocPage page_of(const Description& action) {
  DocPage out{.title = fmt::format("{} ({})", action.name, kind_name(action.kind)),
              .text = action.summary,
              .sections = {}};
  out.sections.push_back(section_of_fields("Inputs", action.fields));
  DocSection outputs{.title = "Outputs", .code = {}, .rows = {}};
  for (const Output& output : action.outputs)
    outputs.rows.push_back({output.name, std::string(describe_type(output.type)), output.help});
  if (!outputs.rows.empty()) out.sections.push_back(std::move(outputs));
  out.sections.push_back(section_of_rules(action));
  return out;
}

DocPage page_of(const std::string& path, const Field& field) {
  DocPage out{.title = path, .text = field.help, .sections = {section_of_facts(field)}};
  if (const auto members = members_of(field); !members.empty())
    out.sections.push_back(section_of_fields("Fields", members));
  return out;
}

std::string provider_help(std::string_view provider) {
  const StoreSettings* const settings = find_store_settings(provider);
  return settings ? std::string(settings->help) : std::string();
}

DocPage page_of_provider(const std::string& provider, std::span<const Field> settings) {
  return {.title = "providers." + provider,
          .text = provider_help(provider),
          .sections = {section_of_fields("Settings", settings)}};
}

DocPage page_of_language(std::string title, std::string text, std::span<const Field> fields) {
  return {
      .title = std::move(title), .text = std::move(text), .sections = {section_of_fields("Keys", fields)}};
}

} // namespace deployctl::config
