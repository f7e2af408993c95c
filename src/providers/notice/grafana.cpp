// grafana.annotation: a region on dashboards from the begin of a run to its end. The run's id is a tag, so
// that whoever goes on with a run finds what was begun.
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

struct GrafanaInputs {
  Words messages;
  std::string url;
  Text token;
  std::vector<std::string> tags;
  std::string dashboard;
  std::optional<std::int64_t> panel;
  Milliseconds timeout{10'000};
};

Table<GrafanaInputs> table() {
  return Table<GrafanaInputs>()
      .add(&GrafanaInputs::url, {.name = "url",
                                 .type = FieldType::url,
                                 .help = "Where Grafana is.",
                                 .example = "https://grafana.example.com",
                                 .required = true})
      .add(&GrafanaInputs::token, {.name = "token",
                                   .help = "A service account's token that may write annotations.",
                                   .example = "${secrets.token}",
                                   .required = true,
                                   .secret = SecretUse::reference})
      .add(&GrafanaInputs::tags,
           {.name = "tags",
            .type = FieldType::list,
            .help = "Tags besides deployctl, the project and the environment.",
            .example = "[api]",
            .element = {{.name = "tags", .help = "One of the tags.", .example = "api"}}})
      .add(&GrafanaInputs::dashboard, {.name = "dashboard",
                                       .help = "The uid of the one dashboard it is for; without it all.",
                                       .example = "jcIIG-07z",
                                       .pattern = "[A-Za-z0-9_-]{1,40}"})
      .add(&GrafanaInputs::panel, {.name = "panel",
                                   .type = FieldType::integer,
                                   .help = "The panel of that dashboard; without it all.",
                                   .example = "2",
                                   .least = 1})
      .add(&GrafanaInputs::timeout, timeout_field())
      .object(&GrafanaInputs::messages, words_field(), words_table());
}

std::vector<InputProblem> check_inputs(const Value& inputs) {
  if (!inputs.find("panel") || inputs.find("dashboard")) return {};
  return {{.path = "", .message = "a panel needs its dashboard", .help = "add dashboard: UID"}};
}

std::string run_tag(const Told& told) {
  return "deployctl-run:" + told.fact("run");
}

Value::List tags_of(const GrafanaInputs& inputs, const Told& told) {
  Value::List tags = {"deployctl", run_tag(told)};
  for (const char* name : {"project", "environment"})
    if (const std::string tag = told.fact(name); !tag.empty()) tags.emplace_back(tag);
  if (told.is_over()) tags.emplace_back(told.name());
  for (const std::string& tag : inputs.tags) tags.emplace_back(tag);
  return tags;
}

std::string id_of(const Value& annotation) {
  const auto number = number_at(annotation, "id");
  return number ? std::to_string(*number) : std::string();
}

class GrafanaAnnotation final : public Notice {
public:
  Status send(WriteSession& session, const Ask& ask, const Event& event) const override {
    DEPLOYCTL_TRY(const GrafanaInputs inputs, table_.decode(*ask.inputs));
    const Event own = in_words(inputs.messages, event);
    const Told told(own);
    if (told.begins()) return begin(session, inputs, told);
    if (!told.is_over()) return {};
    DEPLOYCTL_TRY(const std::string id, begun(session, inputs, told));
    return id.empty() ? begin(session, inputs, told) : end(session, inputs, told, id);
  }

private:
  static Result<ApiCall> call(const GrafanaInputs& inputs, std::string operation, std::string method,
                              const std::string& path) {
    ApiCall out{.name = "grafana",
                .operation = std::move(operation),
                .method = std::move(method),
                .url = base_url(inputs.url) + "/api/annotations" + path,
                .timeout = inputs.timeout};
    DEPLOYCTL_TRY(out.authorization, bearer(inputs.token));
    return out;
  }

  static Status begin(WriteSession& session, const GrafanaInputs& inputs, const Told& told) {
    DEPLOYCTL_TRY(ApiCall create, call(inputs, "create", "POST", ""));
    Value::Map body{
        {"text", told.message()}, {"tags", tags_of(inputs, told)}, {"time", told.milliseconds("started_at")}};
    if (told.is_over()) body["timeEnd"] = told.milliseconds("ended_at");
    if (!inputs.dashboard.empty()) body["dashboardUID"] = inputs.dashboard;
    if (inputs.panel) body["panelId"] = *inputs.panel;
    create.body = std::move(body);
    DEPLOYCTL_TRY(const Value answer, call_api(session, create));
    const std::string id = id_of(answer);
    return id.empty() ? Status() : session.effects.remote_id(id);
  }

  // The id of this run's annotation, as kept or as found by its tag; empty when there is none.
  static Result<std::string> begun(WriteSession& session, const GrafanaInputs& inputs, const Told& told) {
    if (const auto ids = told.remote_ids(); !ids.empty()) return ids.front();
    const std::string query = "?type=annotation&limit=1&tags=" + percent_encode(run_tag(told));
    DEPLOYCTL_TRY(const ApiCall find, call(inputs, "find", "GET", query));
    DEPLOYCTL_TRY(const Value answer, call_api(session, find));
    return answer.list() && !answer.list()->empty() ? id_of(answer.list()->front()) : std::string();
  }

  static Status end(WriteSession& session, const GrafanaInputs& inputs, const Told& told,
                    const std::string& id) {
    DEPLOYCTL_TRY(ApiCall patch, call(inputs, "update", "PATCH", "/" + percent_encode(id)));
    patch.body = Value::Map{{"text", told.message()},
                            {"tags", tags_of(inputs, told)},
                            {"timeEnd", told.milliseconds("ended_at")}};
    patch.repeatable = true;
    return call_api(session, patch).map([](const Value&) {});
  }

  Table<GrafanaInputs> table_ = table();
};

} // namespace

Provider make_grafana_annotation() {
  Provider provider;
  provider.description = {
      .name = "grafana.annotation",
      .summary = "Marks a run on Grafana's dashboards, from its begin to its end.",
      .kind = Kind::notice,
      .fields = table().fields(),
      .groups = {},
      .operations = {api_operation("create", Effect::write, "Makes the annotation.", "POST",
                                   ".*/api/annotations"),
                     api_operation("find", Effect::read, "Looks for the run's annotation.", "GET",
                                   ".*/api/annotations"),
                     api_operation("update", Effect::write, "Brings the annotation to its end.", "PATCH",
                                   ".*/api/annotations/[0-9]+")},
      .permissions = {"annotations:create, annotations:read and annotations:write of a service account"},
      .crash_class = [](const Value&) { return CrashClass::marked; },
      .check = check_inputs,
  };
  provider.verbs = std::make_shared<const GrafanaAnnotation>();
  return provider;
}

} // namespace deployctl::providers::notice
