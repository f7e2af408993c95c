// slack.message: over an incoming webhook each event is a message; with a bot's token a run has one message
// that is kept up to date, and its events are the thread below it.
#include <array>
#include <utility>

#include "base/body.hpp"
#include "base/members.hpp"
#include "net/secret_url.hpp"
#include "providers/notice/delivery.hpp"
#include "providers/notice/makers.hpp"
#include "providers/notice/slack_text.hpp"
#include "providers/notice/words.hpp"

namespace deployctl::providers::notice {

namespace {

struct SlackInputs {
  Words messages;
  std::optional<Text> webhook;
  std::optional<Text> token;
  std::string channel;
  std::string mention;
  std::string api;
  Milliseconds timeout{10'000};
};

Table<SlackInputs> table() {
  return Table<SlackInputs>()
      .add(&SlackInputs::webhook,
           {.name = "webhook",
            .type = FieldType::url,
            .help = "The address of an incoming webhook: a secret, it lets anybody post.",
            .example = "${secrets.token}",
            .secret = SecretUse::reference})
      .add(&SlackInputs::token,
           {.name = "token",
            .help =
                "A bot's token (xoxb-…) with chat:write: one message a run, kept up to date, with a thread.",
            .example = "${secrets.token}",
            .secret = SecretUse::reference})
      .add(&SlackInputs::channel, {.name = "channel",
                                   .help = "With a token: the channel's id or name.",
                                   .example = "C0123456789",
                                   .pattern = "[#@]?[A-Za-z0-9._-]{1,80}"})
      .add(&SlackInputs::mention, {.name = "mention",
                                   .help = "Who is called when it fails or somebody has to approve.",
                                   .example = "<!here>",
                                   .pattern = "(<[!@][A-Za-z0-9^|]+>( <[!@][A-Za-z0-9^|]+>)*)?"})
      .add(&SlackInputs::api, {.name = "api",
                               .type = FieldType::url,
                               .help = "Where the API is, for other Slacks than slack.com.",
                               .example = "https://slack-gov.com/api",
                               .fallback = "https://slack.com/api"})
      .add(&SlackInputs::timeout, timeout_field())
      .object(&SlackInputs::messages, words_field(), words_table());
}

std::vector<InputProblem> check_inputs(const Value& inputs) {
  std::vector<InputProblem> problems;
  if (inputs.find("token") && !inputs.find("channel"))
    problems.push_back({.path = "",
                        .message = "a token needs the channel to post to",
                        .help = "add channel: C0123456789, and invite the bot to it"});
  if (inputs.find("webhook") && inputs.find("channel"))
    problems.push_back({.path = "channel",
                        .message = "a webhook posts to its own channel only",
                        .help = "leave 'channel' out, or use a token"});
  return problems;
}

struct Meaning {
  std::string_view word;
  Cause cause;
};
constexpr auto meanings = std::to_array<Meaning>({
    {"invalid_auth", Cause::auth},
    {"not_authed", Cause::auth},
    {"account_inactive", Cause::auth},
    {"token_revoked", Cause::auth},
    {"token_expired", Cause::auth},
    {"missing_scope", Cause::permission},
    {"not_in_channel", Cause::permission},
    {"restricted_action", Cause::permission},
    {"channel_not_found", Cause::not_found},
    {"message_not_found", Cause::not_found},
    {"ratelimited", Cause::throttled},
    {"rate_limited", Cause::throttled},
});

class SlackMessage final : public Notice {
public:
  Status send(WriteSession& session, const Ask& ask, const Event& event) const override {
    DEPLOYCTL_TRY(const SlackInputs inputs, table_.decode(*ask.inputs));
    const Event own = in_words(inputs.messages, event);
    const Told told(own);
    if (inputs.webhook) return post_to_webhook(session, inputs, told);
    const std::vector<std::string> ids = told.remote_ids();
    if (ids.empty()) return begin_thread(session, inputs, told);
    return go_on(session, inputs, told, ids.front());
  }

private:
  static Status post_to_webhook(WriteSession& session, const SlackInputs& inputs, const Told& told) {
    Value::Map message = slack_message(told, inputs.mention);
    if (told.is_bad()) {
      Value::Map evidence = slack_reply(told, {});
      auto& blocks = *message["blocks"].get<Value::List>();
      const auto& more = *evidence["blocks"].list();
      blocks.insert(blocks.begin() + 1, more.begin() + 1, more.end());
    }
    const auto request = [&]() -> Result<HttpRequest> {
      HttpRequest out{
          .operation = "webhook", .method = "POST", .timeout = inputs.timeout, .response_limit = 1U << 16};
      out.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
      DEPLOYCTL_TRY(out.body, json_body(message));
      return net::addressed(std::move(out), *inputs.webhook);
    };
    DEPLOYCTL_TRY(const HttpResponse response, deliver(session, {.name = "slack", .request = request}));
    if (response.status != 200) return fail(refusal("slack", response));
    return {};
  }

  // Slack answers 200 also when it refuses.
  static Result<Value> call(WriteSession& session, const SlackInputs& inputs, const std::string& method,
                            Value::Map body) {
    DEPLOYCTL_TRY(const Text authorization, bearer(inputs.token.value_or(Text())));
    DEPLOYCTL_TRY(Value answer, call_api(session, {.name = "slack",
                                                   .operation = method,
                                                   .url = base_url(inputs.api) + "/" + method,
                                                   .authorization = authorization,
                                                   .body = std::move(body),
                                                   .headers = {},
                                                   .timeout = inputs.timeout}));
    if (flag_at(answer, "ok")) return answer;
    const std::string word = text_at(answer, "error");
    Error error{.cause = Cause::config,
                .message = "slack: " + (word.empty() ? "no answer of its API" : word)};
    for (const Meaning& each : meanings)
      if (each.word == word) error.cause = each.cause;
    if (word == "not_in_channel") error.help = "invite the bot to the channel";
    return fail(std::move(error));
  }

  static Status begin_thread(WriteSession& session, const SlackInputs& inputs, const Told& told) {
    Value::Map message = slack_message(told, inputs.mention);
    message["channel"] = inputs.channel;
    DEPLOYCTL_TRY(const Value answer, call(session, inputs, "chat.postMessage", std::move(message)));
    const std::string channel = text_at(answer, "channel");
    const std::string stamp = text_at(answer, "ts");
    if (channel.empty() || stamp.empty())
      return fail(Cause::network, "slack: the answer names no message to go on from");
    DEPLOYCTL_CHECK(session.effects.remote_id(channel + " " + stamp));
    if (!told.is_bad()) return {};
    return reply(session, inputs, told, channel, stamp);
  }

  static Status go_on(WriteSession& session, const SlackInputs& inputs, const Told& told,
                      const std::string& id) {
    const auto blank = id.find(' ');
    if (blank == std::string::npos) return fail(Cause::internal, "'" + id + "' names no message of Slack");
    const std::string channel = id.substr(0, blank);
    const std::string stamp = id.substr(blank + 1);
    Value::Map message = slack_message(told, inputs.mention);
    message.erase("unfurl_links");
    message["channel"] = channel;
    message["ts"] = stamp;
    const auto updated = call(session, inputs, "chat.update", std::move(message));
    DEPLOYCTL_CHECK(reply(session, inputs, told, channel, stamp));
    return updated.map([](const Value&) {});
  }

  static Status reply(WriteSession& session, const SlackInputs& inputs, const Told& told,
                      const std::string& channel, const std::string& stamp) {
    Value::Map message = slack_reply(told, inputs.mention);
    message["channel"] = channel;
    message["thread_ts"] = stamp;
    if (told.is_bad()) message["reply_broadcast"] = true;
    return call(session, inputs, "chat.postMessage", std::move(message)).map([](const Value&) {});
  }

  Table<SlackInputs> table_ = table();
};

Operation posting(std::string name, std::string help, std::string path) {
  return api_operation(std::move(name), Effect::write, std::move(help), "POST", std::move(path));
}

} // namespace

Provider make_slack_message() {
  Provider provider;
  provider.description = {
      .name = "slack.message",
      .summary = "Tells a channel of Slack what a run does.",
      .kind = Kind::notice,
      .fields = table().fields(),
      .groups = {{.names = {"webhook", "token"}, .required = true}},
      .operations = {posting("webhook", "Posts a message to an incoming webhook.", ".*"),
                     posting("chat.postMessage", "Posts a message.", ".*/chat\\.postMessage"),
                     posting("chat.update", "Brings the run's message up to date.", ".*/chat\\.update")},
      .permissions = {"chat:write of a bot that is in the channel, or an incoming webhook"},
      .crash_class = [](const Value&) { return CrashClass::opaque; },
      .check = check_inputs,
  };
  provider.verbs = std::make_shared<const SlackMessage>();
  return provider;
}

} // namespace deployctl::providers::notice
