#include "config/shape_leaves.hpp"

#include <array>
#include <utility>

#include <fmt/core.h>

#include "config/scalar.hpp"

namespace deployctl::config {

namespace {

using Kind = Spanned::Kind;

constexpr std::array<std::string_view, 6> kind_names = {"null",   "text", "a value", "an interpolation",
                                                        "a list", "a map"};

void report_secret(std::string_view code, const Spanned& written, std::string message, std::string help,
                   ShapeContext& context) {
  context.findings.error(code, written.span, std::move(message), "a secret", std::move(help));
}

bool refuses_secrets(const Field& field) {
  return field.secret == SecretUse::never || field.type == FieldType::argv || field.type == FieldType::script;
}

void check_secret(const Field& field, const Secret& secret, const Spanned& written, const Where& where,
                  ShapeContext& context) {
  if (refuses_secrets(field))
    report_secret(
        "D0704", written, fmt::format("a secret may not stand in {}", where.text()),
        "what stands there can be seen by others: give it by an environment variable or standard input",
        context);
  else if (field.secret == SecretUse::reference && secret.parts().size() != 1)
    report_secret("D0705", written,
                  fmt::format("{} takes one secret alone, not text around it", where.text()),
                  "write ${secrets.NAME} and nothing else", context);
}

// Text that must be there, in one of the three ways it can.
std::optional<std::string> text_of(const Spanned& written) {
  if (written.kind == Kind::text) return written.text;
  if (written.kind == Kind::leaf && written.value.text()) return *written.value.text();
  return std::nullopt;
}

void report_file(const Error& error, const Spanned& written, const std::string& path, const Where& where,
                 ShapeContext& context) {
  const auto code = error.cause == Cause::not_found    ? "D0320"
                    : error.cause == Cause::permission ? "D0321"
                                                       : "D0322";
  auto message = fmt::format("{} cannot be '{}': {}", where.text(), path, error.message);
  if (error.cause == Cause::not_found && !context.missing_file_is_error)
    context.findings.warning(code, written.span, std::move(message), error.help);
  else
    context.findings.error(code, written.span, std::move(message), {}, error.help);
}

} // namespace

void check_key_text(const SpannedEntry& entry, ShapeContext& context) {
  if (entry.key.find("${") != std::string::npos)
    context.findings.error("D0430", entry.key_span, fmt::format("key '{}' holds an interpolation", entry.key),
                           "keys are taken as they stand", "interpolation works in values only");
}

std::string_view describe_kind(const Spanned& written) {
  const bool text = written.kind == Kind::leaf && written.value.text();
  return kind_names.at(static_cast<std::size_t>(text ? Kind::text : written.kind));
}

bool is_scalar_type(FieldType type) {
  return !container_of(type) && type != FieldType::any;
}

std::optional<Kind> container_of(FieldType type) {
  switch (type) {
  case FieldType::argv:
  case FieldType::list:
    return Kind::list;
  case FieldType::map:
  case FieldType::object:
    return Kind::map;
  default:
    return std::nullopt;
  }
}

std::string describe_field(const Field& field) {
  if (field.type == FieldType::choice && field.choices.size() == 1)
    return fmt::format("'{}'", field.choices.front());
  if (field.type == FieldType::choice) return fmt::format("one of {}", quoted_list(field.choices));
  if (field.type == FieldType::object)
    return fmt::format("a map of {}", quoted_list([&] {
                         std::vector<std::string> names;
                         for (const auto& member : field.fields) names.push_back(member.name);
                         return names;
                       }()));
  return std::string(describe_type(field.type));
}

std::optional<Value> shape_leaf(const Field& field, const Spanned& written, const Where& where,
                                ShapeContext& context) {
  if (written.value.is<Unknown>()) return written.value;
  if (const auto* secret = written.value.get<Secret>()) {
    check_secret(field, *secret, written, where, context);
    return written.value;
  }
  return std::nullopt;
}

Value as_written(const Spanned& written, const Field& field, const Where& where, ShapeContext& context) {
  if (written.kind == Kind::null) return {};
  if (written.kind == Kind::later) return unknowable(written.text);
  if (written.kind == Kind::list) {
    Value::List items;
    for (const auto& item : written.items) items.push_back(shape(field, item, where, context));
    return items;
  }
  if (written.kind == Kind::map) {
    Value::Map members;
    for (const auto& entry : written.entries) {
      check_key_text(entry, context);
      const Where inside{.around = &where, .name = entry.key};
      members[entry.key] = shape(field, entry.value, inside, context);
    }
    return members;
  }
  if (written.kind == Kind::leaf) return written.value;
  return shape_scalar(field, written, where, context);
}

Value shape_scalar(const Field& field, const Spanned& written, const Where& where, ShapeContext& context) {
  if (written.kind == Kind::list || written.kind == Kind::map) {
    context.findings.error(
        "D0203", written.anchor(),
        fmt::format("{} is {}, expected {}", where.text(), describe_kind(written), describe_field(field)),
        fmt::format("expected {}", describe_field(field)),
        field.example.empty() ? std::string{} : fmt::format("for example {}", field.example));
    return {};
  }
  if (field.secret == SecretUse::reference) {
    report_secret("D0705", written, fmt::format("{} takes a secret, not the value itself", where.text()),
                  "declare it under `secrets` and write ${secrets.NAME} here", context);
    return {};
  }
  auto value = written.kind == Kind::text ? interpret_scalar(field, written.text, written.plain)
                                          : interpret_value(field, written.value);
  if (value) return *std::move(value);
  context.findings.error(value.error().code, written.span,
                         fmt::format("{}: {}", where.text(), value.error().message), {}, value.error().help);
  return {};
}

Value shape_argv(const Field& field, const Spanned& written, const Where& where, ShapeContext& context) {
  if (written.kind != Kind::list || written.items.empty()) {
    context.findings.error(
        "D0203", written.anchor(),
        fmt::format("{} is {}, expected a list of arguments", where.text(),
                    written.kind == Kind::list ? "empty" : describe_kind(written)),
        "expected a list of arguments",
        "the program first, then each argument: [make, test]; for shell text use `script`");
    return {};
  }
  const Field argument{
      .name = field.name, .type = FieldType::text, .help = field.help, .pattern = field.pattern};
  Value::List items;
  for (const auto& item : written.items) items.push_back(shape(argument, item, where, context));
  return items;
}

Value shape_hosts(const Spanned& written, const Where& where, ShapeContext& context) {
  if (!context.hosts) { // names resolved before: as they are
    const Field names{.name = "hosts", .type = FieldType::list, .element = {Field{.name = "hosts"}}};
    return written.kind == Kind::list ? shape(names, written, where, context)
                                      : as_written(written, Field{}, where, context);
  }
  const auto hosts = context.hosts(written);
  if (!hosts) return {};
  Value::List names;
  for (const auto& host : *hosts) names.emplace_back(host.name);
  return names;
}

Value shape_file(const Field& field, const Spanned& written, const Where& where, ShapeContext& context) {
  if (written.kind == Kind::map && written.find("sha256")) { // looked at before
    const Field any{.name = field.name, .type = FieldType::any};
    return as_written(written, any, where, context);
  }
  const auto path = text_of(written);
  if (!path || path->empty()) {
    context.findings.error(
        "D0203", written.anchor(),
        fmt::format("{} is {}, expected a path", where.text(), path ? "empty" : describe_kind(written)),
        "expected a path below the pipeline's folder");
    return {};
  }
  if (!context.files) return *path;
  auto facts = field.type == FieldType::file ? context.files->file(*path) : context.files->tree(*path);
  if (facts) return *std::move(facts);
  report_file(facts.error(), written, *path, where, context);
  return facts.error().cause == Cause::not_found ? unknowable(*path) : Value{};
}

} // namespace deployctl::config
