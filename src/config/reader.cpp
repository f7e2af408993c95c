#include "config/reader.hpp"

#include <utility>

#include "base/field_diff.hpp"

namespace deployctl::config {

namespace {

const Field* field_below(const Field* field, std::string_view key) {
  if (!field) return nullptr;
  if (field->type == FieldType::object) return find_field(field->fields, key);
  if (field->type == FieldType::map) return &field->element.front();
  return nullptr;
}

const Field* field_of_item(const Field* field) {
  return field && field->type == FieldType::list ? &field->element.front() : nullptr;
}

Spanned plain_text(const yaml::Node& node) {
  return {.kind = Spanned::Kind::text,
          .plain = node.style == yaml::Style::plain,
          .text = node.text,
          .span = node.span};
}

Spanned later_text(const yaml::Node& node) {
  return {.kind = Spanned::Kind::later, .text = node.text, .span = node.span};
}

} // namespace

void Reader::report(const yaml::Node& node, const std::vector<TextProblem>& problems) const {
  for (const auto& problem : problems)
    findings_.error(problem.code, document_.part_of(node, problem.begin, problem.end), problem.message, {},
                    problem.help);
}

Spanned Reader::read_scalar(const yaml::Node& node, const Field* field, Pass pass) const {
  const bool shell = field && field->type == FieldType::script;
  if (shell || node.text.find("${") == std::string::npos) return plain_text(node);
  const auto parsed = parse_template(node.text);
  if (!pass.silent) report(node, parsed.problems);
  if (!pass.names || !parsed.problems.empty()) return later_text(node);
  bool unknowable = false;
  const auto evaluated = evaluate(parsed.value, [&](const Reference& reference) {
    auto found = (*pass.names)(reference, document_.part_of(node, reference.begin, reference.end));
    unknowable = unknowable || found.unknowable;
    return std::move(found.answer);
  });
  if (unknowable && !evaluated.value.is<Secret>()) return later_text(node);
  report(node, evaluated.problems);
  if (!evaluated.problems.empty()) return later_text(node);
  return spanned(evaluated.value, node.span);
}

Spanned Reader::read_node(const yaml::Node& node, const Field* field, Pass pass) const {
  if (node.is_scalar()) return read_scalar(node, field, pass);
  Spanned out{
      .span = node.span, .comment_follows = node.comment_follows, .broken = node.broken || pass.silent};
  if (node.is_list()) {
    out.kind = Spanned::Kind::list;
    for (const auto& item : node.items) out.items.push_back(read_node(item, field_of_item(field), pass));
  } else if (node.is_map()) {
    out.kind = Spanned::Kind::map;
    for (const auto& entry : node.entries) {
      const bool inputs = !pass.names && (entry.key == "with" || entry.key == "undo");
      out.entries.push_back(
          {entry.key, entry.key_span,
           read_node(entry.value, field_below(field, entry.key), {pass.names, pass.silent || inputs})});
    }
  }
  return out;
}

Spanned Reader::read(const yaml::Node& node, const Field* field, const Names& names) const {
  return read_node(node, field, {.names = &names});
}

Spanned Reader::read_members(const yaml::Node& node, const std::vector<Field>& fields,
                             const Names& names) const {
  if (!node.is_map()) return read_node(node, nullptr, {.names = &names});
  Spanned out{.kind = Spanned::Kind::map, .span = node.span};
  for (const auto& entry : node.entries)
    out.entries.push_back({entry.key, entry.key_span,
                           read_node(entry.value, find_field(fields, entry.key), {.names = &names})});
  return out;
}

Spanned Reader::outline(const yaml::Node& node) const {
  return read_node(node, nullptr, {});
}

} // namespace deployctl::config
