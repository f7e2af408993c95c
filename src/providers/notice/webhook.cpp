// webhook.post: an event as JSON, signed as Standard Webhooks say (standardwebhooks.com).
#include <chrono>
#include <utility>

#include "base/crypto_webhook.hpp"
#include "base/json.hpp"
#include "net/secret_url.hpp"
#include "providers/notice/delivery.hpp"
#include "providers/notice/makers.hpp"
#include "providers/notice/told.hpp"
#include "providers/notice/words.hpp"

namespace deployctl::providers::notice {

namespace {

struct WebhookInputs {
  Words messages;
  Text url;
  std::optional<Text> secret;
  std::optional<Text> old_secret;
  std::map<std::string, Text> headers;
  Milliseconds timeout{10'000};
};

Table<WebhookInputs> table() {
  return Table<WebhookInputs>()
      .add(&WebhookInputs::url, {.name = "url",
                                 .type = FieldType::url,
                                 .help = "Where events are sent, as JSON in a POST.",
                                 .example = "https://hooks.example.com/deploys",
                                 .required = true,
                                 .secret = SecretUse::value})
      .add(&WebhookInputs::secret,
           {.name = "secret",
            .help = "The key of the signature: whsec_ and base64, or any text; without it nothing is signed.",
            .example = "${secrets.token}",
            .secret = SecretUse::reference})
      .add(&WebhookInputs::old_secret,
           {.name = "old_secret",
            .help = "The key that is being replaced: while both are written, both sign.",
            .example = "${secrets.token}",
            .secret = SecretUse::reference})
      .add(&WebhookInputs::headers, {.name = "headers",
                                     .type = FieldType::map,
                                     .help = "Headers that are sent besides.",
                                     .example = "{ X-Team: platform }",
                                     .secret = SecretUse::value,
                                     .element = {{.name = "headers",
                                                  .help = "The value of one header.",
                                                  .example = "platform",
                                                  .secret = SecretUse::value}}})
      .add(&WebhookInputs::timeout, timeout_field())
      .object(&WebhookInputs::messages, words_field(), words_table());
}

std::string body_of(const Told& told) {
  Value data = told.event().fields;
  if (auto* map = data.get<Value::Map>()) map->erase("remote_ids");
  data["message"] = told.message();
  return to_json(
      Value::Map{{"type", "deploy." + told.name()}, {"timestamp", told.event().time}, {"data", data}},
      JsonMode::plain);
}

Result<std::string> signatures(const WebhookInputs& inputs, const SignedMessage& message) {
  std::string all;
  for (const std::optional<Text>* secret : {&inputs.secret, &inputs.old_secret}) {
    if (!*secret) continue;
    DEPLOYCTL_TRY(const std::string one, webhook_signature(**secret, message));
    all += (all.empty() ? "" : " ") + one;
  }
  return all;
}

class WebhookPost final : public Notice {
public:
  Status send(WriteSession& session, const Ask& ask, const Event& event) const override {
    DEPLOYCTL_TRY(const WebhookInputs inputs, table_.decode(*ask.inputs));
    const Event own = in_words(inputs.messages, event);
    const Told told(own);
    const std::string id = "msg_" + told.id(ask.step);
    const std::string body = body_of(told);
    DEPLOYCTL_TRY(const HttpResponse response,
                  deliver(session, {.name = "webhook",
                                    .request = [&] { return request(session, inputs, id, body); },
                                    .repeatable = true}));
    if (response.status < 200 || response.status >= 300) return fail(refusal("webhook", response));
    return {};
  }

private:
  // The id stays the same, so that a receiver knows a repetition.
  static Result<HttpRequest> request(const WriteSession& session, const WebhookInputs& inputs,
                                     const std::string& id, const std::string& body) {
    const auto now = session.ports.clock.wall().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    HttpRequest request{.operation = "post",
                        .method = "POST",
                        .body = body,
                        .timeout = inputs.timeout,
                        .response_limit = 1U << 20};
    for (const auto& [name, value] : inputs.headers) request.headers.emplace_back(name, value);
    request.headers.emplace_back("Content-Type", "application/json");
    request.headers.emplace_back("webhook-id", id);
    request.headers.emplace_back("webhook-timestamp", std::to_string(seconds));
    DEPLOYCTL_TRY(const std::string signature, signatures(inputs, {id, seconds, body}));
    if (!signature.empty()) request.headers.emplace_back("webhook-signature", signature);
    return net::addressed(std::move(request), inputs.url);
  }

  Table<WebhookInputs> table_ = table();
};

} // namespace

Provider make_webhook_post() {
  Provider provider;
  provider.description = {
      .name = "webhook.post",
      .summary = "Sends events as signed JSON to a URL (Standard Webhooks).",
      .kind = Kind::notice,
      .fields = table().fields(),
      .groups = {},
      .operations = {api_operation("post", Effect::write, "Sends one event.", "POST", ".*")},
      .permissions = {"reach the URL from where deployctl runs"},
      .crash_class = [](const Value&) { return CrashClass::keyed; },
  };
  provider.verbs = std::make_shared<const WebhookPost>();
  return provider;
}

} // namespace deployctl::providers::notice
