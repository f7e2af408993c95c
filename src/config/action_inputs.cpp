#include "config/action_inputs.hpp"

#include <utility>

#include <fmt/core.h>

namespace deployctl::config {

namespace {

// Where shell text stands in actions whose table is not known yet.
const std::vector<Field>& unknown_fields() {
  static const std::vector<Field> fields = {Field{.name = "script", .type = FieldType::script}};
  return fields;
}

void collect_spans(const Spanned& written, const std::string& path, std::map<std::string, Span>& spans) {
  const auto below = [&](const std::string& part) { return path.empty() ? part : path + "." + part; };
  for (std::size_t i = 0; i < written.items.size(); ++i) {
    spans[below(std::to_string(i))] = written.items[i].span;
    collect_spans(written.items[i], below(std::to_string(i)), spans);
  }
  for (const auto& entry : written.entries) {
    spans[below(entry.key)] = entry.value.span;
    collect_spans(entry.value, below(entry.key), spans);
  }
}

void check_own_rules(const Description& action, const Value& value, const Spanned& written,
                     const Where& where, Findings& findings) {
  if (!action.check) return;
  for (const auto& problem : action.check(value))
    findings.error("D0323", written.nearest(problem.path).span,
                   fmt::format("{}: {}", where.text(), problem.message), {}, problem.help);
}

} // namespace

ReadInputs read_action_inputs(const ActionInputs& inputs, const Reader& reader, const Probes& probes,
                              Findings& findings, Knowledge knowledge) {
  const auto& fields = inputs.provider ? inputs.provider->description.fields : unknown_fields();
  Spanned written{.kind = Spanned::Kind::map, .span = inputs.around};
  if (inputs.with) written = reader.read_members(*inputs.with, fields, inputs.names);
  ReadInputs out{.value = Value::Map{}};
  if (!inputs.provider || written.kind != Spanned::Kind::map)
    return out; // the language's table said so already
  if (inputs.filled) written.entries.push_back(*inputs.filled);
  const auto& action = inputs.provider->description;
  ShapeContext context{.findings = findings,
                       .action = action.name,
                       .files = &probes.files,
                       .missing_file_is_error = knowledge == Knowledge::strict,
                       .hosts = inputs.hosts};
  const auto before = findings.errors();
  out.value = shape_members(fields, action.groups, written, inputs.where, context);
  if (findings.errors() == before) check_own_rules(action, out.value, written, inputs.where, findings);
  collect_spans(written, {}, out.spans);
  return out;
}

} // namespace deployctl::config
