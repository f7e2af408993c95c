// github.deployment: a run as a deployment of a repository, with its statuses, and a status at the commit. A
// rollback is a deployment of its own, of the older commit.
#include <array>
#include <utility>

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/members.hpp"
#include "providers/notice/delivery.hpp"
#include "providers/notice/makers.hpp"
#include "providers/notice/told.hpp"
#include "providers/notice/words.hpp"

namespace deployctl::providers::notice {

namespace {

constexpr std::size_t longest_description = 140;

struct GithubInputs {
  Words messages;
  std::string repository;
  Text token;
  std::string api;
  std::string environment;
  std::string environment_url;
  std::string context;
  bool production = true;
  bool commit_status = true;
  Milliseconds timeout{10'000};
};

void add_place(Table<GithubInputs>& table) {
  table
      .add(&GithubInputs::repository, {.name = "repository",
                                       .help = "The repository that has the commit.",
                                       .example = "acme/api",
                                       .required = true,
                                       .pattern = "[A-Za-z0-9._-]{1,100}/[A-Za-z0-9._-]{1,100}"})
      .add(&GithubInputs::token, {.name = "token",
                                  .help = "A token that may write deployments and statuses.",
                                  .example = "${secrets.token}",
                                  .required = true,
                                  .secret = SecretUse::reference})
      .add(&GithubInputs::api, {.name = "api",
                                .type = FieldType::url,
                                .help = "Where the API is, for a GitHub of one's own.",
                                .example = "https://github.example.com/api/v3",
                                .fallback = "https://api.github.com"})
      .add(&GithubInputs::timeout, timeout_field());
}

Table<GithubInputs> table() {
  Table<GithubInputs> result;
  add_place(result);
  result
      .add(&GithubInputs::environment, {.name = "environment",
                                        .help = "What GitHub calls the environment; without it as here.",
                                        .example = "production"})
      .add(&GithubInputs::environment_url, {.name = "environment_url",
                                            .type = FieldType::url,
                                            .help = "Where what was deployed can be seen.",
                                            .example = "https://example.com"})
      .add(&GithubInputs::production, {.name = "production",
                                       .type = FieldType::boolean,
                                       .help = "Whether people use the environment directly.",
                                       .example = "false",
                                       .fallback = true})
      .add(&GithubInputs::commit_status, {.name = "commit_status",
                                          .type = FieldType::boolean,
                                          .help = "Whether the commit gets a status, too.",
                                          .example = "false",
                                          .fallback = true})
      .add(&GithubInputs::context,
           {.name = "context",
            .help = "The name of the commit's status; without it deployctl/ENVIRONMENT.",
            .example = "deploy/production"});
  return result.object(&GithubInputs::messages, words_field(), words_table());
}

// What an event is in the words of GitHub.
struct States {
  std::string_view event;
  std::string_view deployment;
  std::string_view commit;
};
constexpr std::array<States, 5> states = {{
    {"started", "in_progress", "pending"},
    {"approval", "pending", "pending"},
    {"succeeded", "success", "success"},
    {"failed", "failure", "failure"},
    {"rolled_back", "failure", "failure"},
}};

const States* states_of(const std::string& event) {
  for (const States& each : states)
    if (each.event == event) return &each;
  return nullptr;
}

std::string description_of(const Told& told) {
  std::string text = told.message().substr(0, told.message().find('\n'));
  if (text.size() <= longest_description) return text;
  std::size_t end = longest_description - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "...";
}

std::string environment_of(const GithubInputs& inputs, const Told& told) {
  return inputs.environment.empty() ? told.fact("environment") : inputs.environment;
}

std::string id_of(const Value& deployment) {
  const auto number = number_at(deployment, "id");
  return number ? std::to_string(*number) : std::string();
}

class GithubDeployment final : public Notice {
public:
  Status send(WriteSession& session, const Ask& ask, const Event& event) const override {
    DEPLOYCTL_TRY(const GithubInputs inputs, table_.decode(*ask.inputs));
    const Event own = in_words(inputs.messages, event);
    const Told told(own);
    const States* says = states_of(told.name());
    if (!says) return {};
    if (told.fact("commit").empty())
      return fail(Cause::config, "github: a deployment is of a commit, and this run has none",
                  "deploy from a git repository");
    DEPLOYCTL_TRY(const std::string id, deployment(session, inputs, told));
    DEPLOYCTL_CHECK(tell_deployment(session, inputs, told, id, says->deployment));
    if (!inputs.commit_status) return {};
    return tell_commit(session, inputs, told, says->commit);
  }

private:
  static Result<ApiCall> call(const GithubInputs& inputs, std::string operation, std::string method,
                              const std::string& path) {
    ApiCall out{
        .name = "github",
        .operation = std::move(operation),
        .method = std::move(method),
        .url = fmt::format("{}/repos/{}/{}", base_url(inputs.api), inputs.repository, path),
        .headers = {{"Accept", "application/vnd.github+json"}, {"X-GitHub-Api-Version", "2022-11-28"}},
        .timeout = inputs.timeout};
    DEPLOYCTL_TRY(out.authorization, bearer(inputs.token));
    return out;
  }

  // As kept, as found by the run in its payload, or made.
  static Result<std::string> deployment(WriteSession& session, const GithubInputs& inputs, const Told& told) {
    if (const auto ids = told.remote_ids(); !ids.empty()) return ids.front();
    if (!told.begins()) {
      DEPLOYCTL_TRY(std::string id, found(session, inputs, told));
      if (!id.empty()) return id;
    }
    return made(session, inputs, told);
  }

  static Result<std::string> found(WriteSession& session, const GithubInputs& inputs, const Told& told) {
    const std::string query = fmt::format("deployments?per_page=30&sha={}&environment={}",
                                          told.fact("commit"), percent_encode(environment_of(inputs, told)));
    DEPLOYCTL_TRY(const ApiCall list, call(inputs, "list", "GET", query));
    DEPLOYCTL_TRY(const Value answer, call_api(session, list));
    if (answer.list())
      for (const Value& each : *answer.list())
        if (const Value* run = each.find_path("payload.run"); run && *run == Value(told.fact("run")))
          return id_of(each);
    return std::string();
  }

  // By default GitHub would merge the main branch into the commit, and wait for all of its checks.
  static Result<std::string> made(WriteSession& session, const GithubInputs& inputs, const Told& told) {
    DEPLOYCTL_TRY(ApiCall create, call(inputs, "create", "POST", "deployments"));
    create.body =
        Value::Map{{"ref", told.fact("commit")},
                   {"task", told.fact("operation") == "rollback" ? "deploy:rollback" : "deploy"},
                   {"auto_merge", false},
                   {"required_contexts", Value::List()},
                   {"payload", Value::Map{{"run", told.fact("run")}, {"version", told.fact("version")}}},
                   {"environment", environment_of(inputs, told)},
                   {"description", description_of(told)},
                   {"transient_environment", false},
                   {"production_environment", inputs.production}};
    DEPLOYCTL_TRY(const Value answer, call_api(session, create));
    std::string id = id_of(answer);
    if (id.empty()) return fail(Cause::conflict, "github: the answer names no deployment, it made none");
    DEPLOYCTL_CHECK(session.effects.remote_id(id));
    return id;
  }

  static Status tell_deployment(WriteSession& session, const GithubInputs& inputs, const Told& told,
                                const std::string& id, std::string_view state) {
    DEPLOYCTL_TRY(ApiCall create,
                  call(inputs, "status", "POST", "deployments/" + percent_encode(id) + "/statuses"));
    Value::Map body{{"state", state}, {"description", description_of(told)}, {"auto_inactive", true}};
    if (const std::string job = told.fact("job"); !job.empty()) body["log_url"] = job;
    if (!inputs.environment_url.empty()) body["environment_url"] = inputs.environment_url;
    create.body = std::move(body);
    return call_api(session, create).map([](const Value&) {});
  }

  static Status tell_commit(WriteSession& session, const GithubInputs& inputs, const Told& told,
                            std::string_view state) {
    DEPLOYCTL_TRY(ApiCall create,
                  call(inputs, "commit", "POST", "statuses/" + percent_encode(told.fact("commit"))));
    const std::string context =
        inputs.context.empty() ? "deployctl/" + environment_of(inputs, told) : inputs.context;
    Value::Map body{{"state", state}, {"context", context}, {"description", description_of(told)}};
    if (const std::string job = told.fact("job"); !job.empty()) body["target_url"] = job;
    create.body = std::move(body);
    create.repeatable = true;
    return call_api(session, create).map([](const Value&) {});
  }

  Table<GithubInputs> table_ = table();
};

constexpr std::string_view below = ".*/repos/[^/]+/[^/]+/";

} // namespace

Provider make_github_deployment() {
  Provider provider;
  provider.description = {
      .name = "github.deployment",
      .summary = "Shows a run as a deployment on GitHub, with a status at its commit.",
      .kind = Kind::notice,
      .fields = table().fields(),
      .groups = {},
      .operations = operations_below(
          below,
          {api_operation("create", Effect::write, "Makes the deployment.", "POST", "deployments"),
           api_operation("list", Effect::read, "Looks for the run's deployment.", "GET", "deployments"),
           api_operation("status", Effect::write, "Says how it stands.", "POST",
                         "deployments/[0-9]+/statuses"),
           api_operation("commit", Effect::write, "Says it at the commit.", "POST", "statuses/[0-9a-f]+")}),
      .permissions = {"deployments: write and statuses: write of the repository"},
      .crash_class = [](const Value&) { return CrashClass::marked; },
  };
  provider.verbs = std::make_shared<const GithubDeployment>();
  return provider;
}

} // namespace deployctl::providers::notice
