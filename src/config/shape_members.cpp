#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "config/language.hpp"
#include "config/shape.hpp"

namespace deployctl::config {

namespace {

void report_required(const Field& field, const Spanned& written, const Where& where, ShapeContext& context) {
  context.findings.error("D0202", written.anchor(),
                         fmt::format("'{}' is missing in {}", field.name, where.text()), "needed here",
                         field.example.empty()
                             ? std::string(field.help)
                             : fmt::format("for example {}: {}", field.name, field.example));
}

void check_groups(const std::vector<FieldGroup>& groups, const Spanned& written, const Where& where,
                  ShapeContext& context) {
  for (const auto& group : groups) {
    const SpannedEntry* first = nullptr;
    for (const auto& entry : written.entries) {
      if (std::find(group.names.begin(), group.names.end(), entry.key) == group.names.end()) continue;
      if (!first) {
        first = &entry;
        continue;
      }
      context.findings.error(
          "D0205", entry.key_span,
          fmt::format("'{}' and '{}' exclude each other in {}", first->key, entry.key, where.text()),
          "only one of them may be written", fmt::format("keep one of {}", quoted_list(group.names)));
    }
    if (!first && group.required && !context.overlay)
      context.findings.error(
          "D0206", written.anchor(),
          fmt::format("one of {} is missing in {}", quoted_list(group.names), where.text()), "needed here");
  }
}

} // namespace

void report_later(Findings& findings, std::string_view code, Span span, std::string_view subject) {
  findings.error(
      code, span, fmt::format("{} is not in this version", subject), "not in this version",
      fmt::format("deployctl {} would not act on it: take it out until a version does", tool_version()));
}

void check_keys(const std::vector<Field>& fields, const Spanned& written, const Where& where,
                ShapeContext& context) {
  for (const auto& entry : written.entries) {
    const auto* field = find_field(fields, entry.key);
    if (field) {
      if (!in_this_version(field->since))
        report_later(context.findings, "D0901", entry.key_span,
                     fmt::format("'{}' in {}", entry.key, where.text()));
      continue;
    }
    Diagnostic unknown{
        .code = "D0201",
        .message = fmt::format("unknown {} '{}' in {}", context.action.empty() ? "key" : "field", entry.key,
                               where.text()),
        .span = entry.key_span,
        .label = context.action.empty() ? "not a key of the language here"
                                        : fmt::format("not a field of '{}'", context.action),
        .help = context.action.empty() ? similar_help(entry.key, field_names(fields), "key", "keys")
                                       : similar_help(entry.key, field_names(fields), "field", "fields")};
    if (context.action.find('.') != std::string_view::npos) // provider settings have no page of their own
      unknown.notes.push_back({fmt::format("see `deployctl explain {}`", context.action), std::nullopt});
    context.findings.add(std::move(unknown));
  }
}

Value shape_members(const std::vector<Field>& fields, const std::vector<FieldGroup>& groups,
                    const Spanned& written, const Where& where, ShapeContext& context) {
  check_keys(fields, written, where, context);
  check_groups(groups, written, where, context);
  Value::Map members;
  for (const auto& field : fields) {
    const auto* entry = written.entry(field.name);
    if (!entry) {
      if (field.required && !context.overlay) report_required(field, written, where, context);
      continue;
    }
    const Where inside{.around = &where, .name = entry->key};
    members[field.name] = shape(field, entry->value, inside, context);
  }
  return members;
}

} // namespace deployctl::config
