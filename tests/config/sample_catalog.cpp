#include "config/sample_catalog.hpp"

namespace sample {

using namespace deployctl;

namespace {

Field field(std::string name, FieldType type, std::string example = {}) {
  return {.name = std::move(name), .type = type, .help = "A field.", .example = std::move(example)};
}

Field list(std::string name, FieldType element) {
  auto out = field(name, FieldType::list);
  out.element = {field(std::move(name), element)};
  return out;
}

Field map(std::string name, Field element) {
  auto out = field(std::move(name), FieldType::map);
  out.element = {std::move(element)};
  return out;
}

Field required(Field out) {
  out.required = true;
  return out;
}

Field identity(Field out) {
  out.identity = true;
  return out;
}

Field choice(std::string name, std::vector<std::string> choices) {
  auto out = field(std::move(name), FieldType::choice);
  out.choices = std::move(choices);
  return out;
}

Field secret(Field out, SecretUse use) {
  out.secret = use;
  return out;
}

Field health() {
  auto out = field("health", FieldType::object);
  auto within = field("within", FieldType::duration, "60s");
  within.least = 1;
  auto status = field("status", FieldType::integer, "200");
  status.least = 100;
  status.most = 599;
  out.fields = {required(field("http", FieldType::text, ":8000/healthz")), within, status};
  return out;
}

Provider exec_run() {
  Provider out;
  out.verbs = std::shared_ptr<const Task>();
  out.description = {
      .name = "exec.run",
      .summary = "Runs a command here.",
      .kind = Kind::task,
      .fields = {field("command", FieldType::argv, "[make, test]"), field("script", FieldType::script),
                 choice("effect", {"none", "repeatable", "once"}),
                 map("env", secret(field("env", FieldType::text), SecretUse::value)),
                 secret(field("stdin", FieldType::text), SecretUse::value)},
      .groups = {{.names = {"command", "script"}, .required = true}},
      .outputs = {{.name = "stdout", .help = "What it printed."}},
      .crash_class =
          [](const Value& inputs) {
            const auto* effect = inputs.find("effect");
            return effect && effect->text() && *effect->text() != "once" ? CrashClass::declarative
                                                                         : CrashClass::opaque;
          },
  };
  return out;
}

Provider host_release() {
  Provider out;
  out.verbs = std::shared_ptr<const Resource>();
  auto keep = field("keep", FieldType::integer, "3");
  keep.least = 1;
  keep.most = 50;
  out.description = {
      .name = "host.release",
      .summary = "A release directory on hosts.",
      .kind = Kind::resource,
      .fields = {field("hosts", FieldType::hosts),
                 required(identity(field("path", FieldType::path, "/srv/app"))),
                 field("source", FieldType::tree), map("files", field("files", FieldType::file)), health(),
                 keep, field("banner", FieldType::text), field("port", FieldType::integer),
                 field("public", FieldType::boolean), field("memory", FieldType::size, "512MiB"),
                 field("share", FieldType::percent), list("ports", FieldType::text),
                 field("labels", FieldType::any),
                 map("env", secret(field("env", FieldType::text), SecretUse::value))},
      .outputs = {{.name = "release", .help = "The directory."},
                  {.name = "url", .help = "Where it answers."}},
      .strategies = {StrategyKind::rolling, StrategyKind::canary, StrategyKind::all_at_once},
      .on_hosts = true,
      .check = [](const Value& inputs) -> std::vector<InputProblem> {
        const auto* http = inputs.find_path("health.http");
        if (!http || !http->text() || http->text()->starts_with(':') || http->text()->starts_with("http"))
          return {};
        return {{.path = "health.http",
                 .message = "'" + *http->text() + "' is neither a URL nor :port/path",
                 .help = "write :8000/healthz"}};
      },
  };
  return out;
}

Provider http_check() {
  Provider out;
  out.verbs = std::shared_ptr<const Gate>();
  out.description = {.name = "http.check",
                     .summary = "Asks a URL.",
                     .kind = Kind::gate,
                     .fields = {required(field("url", FieldType::url, "https://example.com")),
                                field("status", FieldType::integer), field("body", FieldType::text)}};
  return out;
}

Provider image_make() {
  Provider out;
  out.verbs = std::shared_ptr<const Artifact>();
  out.description = {
      .name = "image.make",
      .summary = "Makes an image.",
      .kind = Kind::artifact,
      .fields = {identity(field("repository", FieldType::text)), field("args", FieldType::any)},
      .outputs = {{.name = "ref", .help = "The digest."}, {.name = "tags", .help = "Its tags."}}};
  return out;
}

Provider store_bucket() {
  Provider out;
  out.verbs = std::shared_ptr<const Resource>();
  out.description = {.name = "store.bucket",
                     .summary = "A bucket.",
                     .kind = Kind::resource,
                     .fields = {required(identity(field("name", FieldType::text)))}};
  out.instance_fields = {required(field("endpoint", FieldType::url, "https://store.example.com")),
                         secret(field("token", FieldType::text), SecretUse::reference)};
  return out;
}

Provider chat_message() {
  Provider out;
  out.verbs = std::shared_ptr<const Notice>();
  out.description = {.name = "chat.message",
                     .summary = "Says something.",
                     .kind = Kind::notice,
                     .fields = {required(field("room", FieldType::text))}};
  return out;
}

Provider slack_message() {
  Provider out;
  out.verbs = std::shared_ptr<const Notice>();
  out.description = {.name = "slack.message",
                     .summary = "Says something.",
                     .kind = Kind::notice,
                     .fields = {required(secret(field("webhook", FieldType::url), SecretUse::reference))}};
  return out;
}

} // namespace

Catalog catalog() {
  return {exec_run(),     host_release(), http_check(),   image_make(),
          store_bucket(), chat_message(), slack_message()};
}

} // namespace sample
