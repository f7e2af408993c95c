// sentry.release: the release with its commits when a run begins, its deploy when it succeeded. A run that
// failed deployed nothing: Sentry is told nothing of it.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/members.hpp"
#include "providers/notice/delivery.hpp"
#include "providers/notice/makers.hpp"
#include "providers/notice/told.hpp"

namespace deployctl::providers::notice {

namespace {

struct SentryInputs {
  std::string url;
  std::string organization;
  std::vector<std::string> projects;
  Text token;
  std::string version;
  std::string repository;
  std::string environment;
  Milliseconds timeout{10'000};
};

void add_place(Table<SentryInputs>& table) {
  table
      .add(&SentryInputs::url, {.name = "url",
                                .type = FieldType::url,
                                .help = "Where Sentry is; organisations have regions of their own.",
                                .example = "https://de.sentry.io",
                                .fallback = "https://sentry.io"})
      .add(&SentryInputs::organization, {.name = "organization",
                                         .help = "The organisation's slug.",
                                         .example = "acme",
                                         .required = true,
                                         .pattern = "[A-Za-z0-9_-]{1,80}"})
      .add(&SentryInputs::projects,
           {.name = "projects",
            .type = FieldType::list,
            .help = "The slugs of the projects that the release is of.",
            .example = "[api]",
            .required = true,
            .least = 1,
            .element = {{.name = "projects", .help = "A project's slug.", .example = "api"}}})
      .add(&SentryInputs::token, {.name = "token",
                                  .help = "A token with org:ci, or project:releases and org:read.",
                                  .example = "${secrets.token}",
                                  .required = true,
                                  .secret = SecretUse::reference});
}

Table<SentryInputs> table() {
  Table<SentryInputs> result;
  add_place(result);
  result
      .add(&SentryInputs::version, {.name = "version",
                                    .help = "What the application calls itself; without it PROJECT@VERSION.",
                                    .example = "api@${release.version}"})
      .add(&SentryInputs::repository,
           {.name = "repository",
            .help = "The repository as Sentry knows it: tells it which commits the release has.",
            .example = "acme/api"})
      .add(&SentryInputs::environment, {.name = "environment",
                                        .help = "What Sentry calls the environment; without it as here.",
                                        .example = "production"})
      .add(&SentryInputs::timeout, timeout_field());
  return result;
}

// Sentry's own rule for names of releases.
Result<std::string> version_of(const SentryInputs& inputs, const Told& told) {
  std::string version = inputs.version;
  if (version.empty()) version = told.fact("project") + "@" + told.fact("version");
  const bool has_bad_byte = std::ranges::any_of(
      version, [](char byte) { return byte == '/' || byte == '\\' || byte == '\n' || byte == '\r'; });
  const std::string tail = version.substr(version.rfind('@') + 1); // npos + 1 is 0
  if (has_bad_byte || version.size() > 200 || tail.empty() || version == "." || version == ".." ||
      version == "latest")
    return fail(Cause::config, fmt::format("'{}' cannot be a release of Sentry", version),
                "write one without slashes: version: api@1.4.2");
  return version;
}

class SentryRelease final : public Notice {
public:
  Status send(WriteSession& session, const Ask& ask, const Event& event) const override {
    DEPLOYCTL_TRY(const SentryInputs inputs, table_.decode(*ask.inputs));
    const Told told(event);
    const bool tells = told.begins() || told.name() == "succeeded";
    if (!tells) return {};
    DEPLOYCTL_TRY(const std::string version, version_of(inputs, told));
    DEPLOYCTL_CHECK(make_release(session, inputs, told, version));
    if (told.begins()) return {};
    DEPLOYCTL_CHECK(make_deploy(session, inputs, told, version));
    return finalize(session, inputs, told, version);
  }

private:
  static Result<ApiCall> call(const SentryInputs& inputs, std::string operation, std::string method,
                              const std::string& path) {
    ApiCall out{.name = "sentry",
                .operation = std::move(operation),
                .method = std::move(method),
                .url = fmt::format("{}/api/0/organizations/{}/releases/{}", base_url(inputs.url),
                                   inputs.organization, path),
                .timeout = inputs.timeout};
    DEPLOYCTL_TRY(out.authorization, bearer(inputs.token));
    return out;
  }

  static Value::List projects_of(const SentryInputs& inputs) {
    return {inputs.projects.begin(), inputs.projects.end()};
  }

  // Again is no harm: Sentry answers 208.
  static Status make_release(WriteSession& session, const SentryInputs& inputs, const Told& told,
                             const std::string& version) {
    DEPLOYCTL_TRY(ApiCall create, call(inputs, "release", "POST", ""));
    Value::Map body{{"version", version}, {"projects", projects_of(inputs)}};
    if (const std::string commit = told.fact("commit"); !inputs.repository.empty() && !commit.empty()) {
      Value::Map ref{{"repository", inputs.repository}, {"commit", commit}};
      if (const std::string before = told.fact("previous_commit"); !before.empty())
        ref["previousCommit"] = before;
      body["refs"] = Value::List{std::move(ref)};
    }
    create.body = std::move(body);
    create.repeatable = true;
    return call_api(session, create).map([](const Value&) {});
  }

  // Again would be a second deploy: the run's id is its name.
  static Status make_deploy(WriteSession& session, const SentryInputs& inputs, const Told& told,
                            const std::string& version) {
    const std::string path = percent_encode(version) + "/deploys/";
    DEPLOYCTL_TRY(const ApiCall list, call(inputs, "deploys", "GET", path));
    DEPLOYCTL_TRY(const Value known, call_api(session, list));
    const std::string name = told.fact("run");
    if (known.list() && std::ranges::any_of(*known.list(), [&](const Value& deploy) {
          return text_at(deploy, "name") == name;
        }))
      return {};
    DEPLOYCTL_TRY(ApiCall create, call(inputs, "deploy", "POST", path));
    Value::Map body{
        {"environment", inputs.environment.empty() ? told.fact("environment") : inputs.environment},
        {"name", name},
        {"dateStarted", told.fact("started_at")},
        {"dateFinished", told.fact("ended_at")},
        {"projects", projects_of(inputs)}};
    if (const std::string job = told.fact("job"); !job.empty()) body["url"] = job;
    create.body = std::move(body);
    return call_api(session, create).map([](const Value&) {});
  }

  static Status finalize(WriteSession& session, const SentryInputs& inputs, const Told& told,
                         const std::string& version) {
    DEPLOYCTL_TRY(ApiCall update, call(inputs, "finalize", "PUT", percent_encode(version) + "/"));
    update.body = Value::Map{{"projects", projects_of(inputs)}, {"dateReleased", told.fact("ended_at")}};
    update.repeatable = true;
    return call_api(session, update).map([](const Value&) {});
  }

  Table<SentryInputs> table_ = table();
};

constexpr std::string_view below = ".*/api/0/organizations/[^/]+/releases/";

} // namespace

Provider make_sentry_release() {
  Provider provider;
  provider.description = {
      .name = "sentry.release",
      .summary = "Tells Sentry of a release, its commits, and that it was deployed.",
      .kind = Kind::notice,
      .fields = table().fields(),
      .groups = {},
      .operations = operations_below(
          below, {api_operation("release", Effect::write, "Makes the release.", "POST", ""),
                  api_operation("deploys", Effect::read, "Lists its deploys.", "GET", "[^/]+/deploys/"),
                  api_operation("deploy", Effect::write, "Records the deploy.", "POST", "[^/]+/deploys/"),
                  api_operation("finalize", Effect::write, "Dates the release.", "PUT", "[^/]+/")}),
      .permissions = {"org:ci, or project:releases and org:read"},
      .crash_class = [](const Value&) { return CrashClass::marked; },
  };
  provider.verbs = std::make_shared<const SentryRelease>();
  return provider;
}

} // namespace deployctl::providers::notice
