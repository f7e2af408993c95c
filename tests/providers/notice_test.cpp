// What each notice sends, against services that answer well, badly and not at all.
#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "base/encode.hpp"
#include "providers/notice/slack_text.hpp"
#include "providers/notice_bench.hpp"

using namespace deployctl;
using namespace deployctl::tests;
using namespace deployctl::providers;

namespace {

Status told(Workbench& bench, const Value::Map& inputs, const std::string& event,
            const std::vector<std::string>& ids = {}) {
  Event about = event_of(event);
  about.fields["remote_ids"] = Value::List(ids.begin(), ids.end());
  return bench.send(bench.ask(inputs), about);
}

Value::Map slack_bot(const NoticeService& service) {
  return {{"token", resolved_secret("bot")}, {"channel", "C1"}, {"api", service.server.url("/api")}};
}

} // namespace

TEST_CASE("webhook.post: signs as Standard Webhooks say, with both keys while one is replaced") {
  Workbench bench(notice::make_webhook_post());
  const NoticeService service({json_reply("{}", 204)});
  const Secret key = Secret::reference("key").resolved_with("whsec_" + to_base64("0123456789abcdef"));
  REQUIRE(told(bench,
               {{"url", service.server.url("/in")}, {"secret", key}, {"old_secret", resolved_secret("old")}},
               "succeeded"));
  const Received request = service.server.requests().at(0);
  const std::string text =
      request.headers.at("webhook-id") + "." + request.headers.at("webhook-timestamp") + "." + request.body;
  CHECK(request.headers.at("webhook-signature") ==
        "v1," + to_base64(hmac_sha256("0123456789abcdef", text).view()) + " v1," +
            to_base64(hmac_sha256("secret-old", text).view()));
  const Value body = service.body(0);
  CHECK(text_in(body, "type") == "deploy.succeeded");
  CHECK(text_in(body, "data.version") == "v1.4.2");
  CHECK(body.find_path("data.remote_ids") == nullptr);
}

TEST_CASE("webhook.post: a lost message is sent again under its id, a refused one is not") {
  Workbench bench(notice::make_webhook_post());
  NoticeService service({{.status = 503, .headers = {{"Retry-After", "0"}}}, {.status = 200}});
  REQUIRE(told(bench, {{"url", service.server.url()}}, "failed"));
  const auto requests = service.server.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].headers.at("webhook-id") == requests[1].headers.at("webhook-id"));
  CHECK(requests[0].headers.count("webhook-signature") == 0);
  NoticeService refusing({json_reply(R"({"message":"no such hook"})", 404)});
  const Status refused = told(bench, {{"url", refusing.server.url()}}, "failed");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "webhook: HTTP status 404: no such hook");
  CHECK(refusing.server.requests().size() == 1);
}

TEST_CASE("webhook.post: an address that is a secret is in no message") {
  Workbench bench(notice::make_webhook_post());
  const Secret url = Secret::reference("hook").resolved_with("not a url, but secret");
  const Status refused = told(bench, {{"url", url}}, "failed");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "the secret 'hook' holds no http or https URL");
}

TEST_CASE("slack.message: over a webhook each event is a message, escaped, with its evidence") {
  Workbench bench(notice::make_slack_message());
  const NoticeService service({{.status = 200, .body = "ok"}});
  const Secret url = Secret::reference("hook").resolved_with(service.server.url("/services/T/B/x"));
  REQUIRE(told(bench, {{"webhook", url}, {"mention", "<!here>"}}, "failed"));
  const Value body = service.body(0);
  CHECK(text_in(body, "text") == "<!here> :x: shop/production: v1.4.2 failed &lt;now&gt; &amp; here");
  CHECK(text_in(body, "blocks.1.text.text") == "```port 80 is taken &lt;by&gt; nginx```");
  CHECK(text_in(body, "blocks.2.type") == "context");
  CHECK(text_in(body, "blocks.2.elements.0.text").find("<https://ci.example.com/1|CI job>") !=
        std::string::npos);
}

TEST_CASE("slack.message: with a token one message is kept up to date, events are its thread") {
  Workbench bench(notice::make_slack_message());
  const NoticeService service({json_reply(R"({"ok":true,"channel":"C123","ts":"17.5"})")});
  REQUIRE(told(bench, slack_bot(service), "started"));
  CHECK(bench.recorder.remote_ids == std::vector<std::string>{"C123 17.5"});
  CHECK(service.target(0) == "POST /api/chat.postMessage");
  CHECK(service.server.requests().at(0).headers.at("authorization") == "Bearer secret-bot");
  REQUIRE(told(bench, slack_bot(service), "failed", {"C123 17.5"}));
  CHECK(service.target(1) == "POST /api/chat.update");
  CHECK(text_in(service.body(1), "ts") == "17.5");
  CHECK(service.target(2) == "POST /api/chat.postMessage");
  CHECK(text_in(service.body(2), "thread_ts") == "17.5");
  CHECK(*service.body(2).find("reply_broadcast") == Value(true));
}

TEST_CASE("slack.message: a refusal comes with status 200, and 429 is waited for as asked") {
  Workbench bench(notice::make_slack_message());
  const NoticeService refusing({json_reply(R"({"ok":false,"error":"not_in_channel"})")});
  const Status refused = told(bench, slack_bot(refusing), "started");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "slack: not_in_channel");
  CHECK(refused.error().cause == Cause::permission);
  const NoticeService busy({{.status = 429, .headers = {{"Retry-After", "0"}}},
                            json_reply(R"({"ok":true,"channel":"C1","ts":"1"})")});
  CHECK(told(bench, slack_bot(busy), "started"));
  CHECK(busy.server.requests().size() == 2);
}

TEST_CASE("slack.message: who asks for longer than anybody waits is not asked again; a lost answer neither") {
  Workbench bench(notice::make_slack_message());
  const NoticeService busy({{.status = 429, .headers = {{"Retry-After", "3600"}}}});
  const Status throttled = told(bench, slack_bot(busy), "started");
  REQUIRE_FALSE(throttled);
  CHECK(throttled.error().cause == Cause::throttled);
  CHECK(busy.server.requests().size() == 1);
  const NoticeService lost({{.way = Reply::Way::hang_up}});
  CHECK_FALSE(told(bench, slack_bot(lost), "started"));
  CHECK(lost.server.requests().size() == 1);
}

TEST_CASE("slack text: is cut at a whole character") {
  CHECK(notice::slack_text("a<b", 20) == "a&lt;b");
  CHECK(notice::slack_text("aaaa<", 6) == "aaaa…");
  CHECK(notice::slack_text("\xC3\xA4\xC3\xA4\xC3\xA4", 4) == "\xC3\xA4\xC3\xA4…");
}

TEST_CASE("github.deployment: says what GitHub would do otherwise, then how it stands") {
  Workbench bench(notice::make_github_deployment());
  const NoticeService service({json_reply(R"({"id":42})", 201)});
  const Value::Map inputs{
      {"repository", "acme/shop"}, {"token", resolved_secret("t")}, {"api", service.server.url("/v3")}};
  REQUIRE(told(bench, inputs, "started"));
  CHECK(bench.recorder.remote_ids == std::vector<std::string>{"42"});
  CHECK(service.target(0) == "POST /v3/repos/acme/shop/deployments");
  CHECK(*service.body(0).find("auto_merge") == Value(false));
  CHECK(*service.body(0).find("required_contexts") == Value(Value::List{}));
  CHECK(service.target(1) == "POST /v3/repos/acme/shop/deployments/42/statuses");
  CHECK(text_in(service.body(1), "state") == "in_progress");
  CHECK(service.target(2) == "POST /v3/repos/acme/shop/statuses/" + std::string(40, 'a'));
  CHECK(text_in(service.body(2), "context") == "deployctl/production");
  REQUIRE(told(bench, inputs, "rolled_back", {"42"}));
  CHECK(text_in(service.body(3), "state") == "failure");
}

TEST_CASE("github.deployment: whoever goes on finds the run's own; 202 made none") {
  Workbench bench(notice::make_github_deployment());
  const auto inputs = [](const NoticeService& service) {
    return Value::Map{{"repository", "acme/shop"},
                      {"token", resolved_secret("t")},
                      {"api", service.server.url()},
                      {"commit_status", false}};
  };
  const NoticeService known(
      {json_reply(R"([{"id":6,"payload":{"run":"other"}},{"id":7,"payload":{"run":"01JRUN"}}])"),
       json_reply("{}", 201)});
  REQUIRE(told(bench, inputs(known), "succeeded"));
  CHECK(known.target(1) == "POST /repos/acme/shop/deployments/7/statuses");
  const NoticeService merging({json_reply(R"({"message":"Auto-merged master into topic"})", 202)});
  const Status merged = told(bench, inputs(merging), "started");
  REQUIRE_FALSE(merged);
  CHECK(merged.error().message == "github: the answer names no deployment, it made none");
}

TEST_CASE("grafana.annotation: is a region, also for who did not begin it") {
  Workbench bench(notice::make_grafana_annotation());
  const auto inputs = [](const NoticeService& service) {
    return Value::Map{
        {"url", service.server.url()}, {"token", resolved_secret("t")}, {"tags", Value::List{"api"}}};
  };
  const NoticeService service({json_reply(R"({"message":"Annotation added","id":9})")});
  REQUIRE(told(bench, inputs(service), "started"));
  CHECK(bench.recorder.remote_ids == std::vector<std::string>{"9"});
  REQUIRE(told(bench, inputs(service), "succeeded", {"9"}));
  CHECK(service.target(1) == "PATCH /api/annotations/9");
  CHECK(*service.body(1).find("timeEnd") == Value(std::int64_t{1'773'480'420'000}));
  const NoticeService other({json_reply(R"([{"id":11}])"), json_reply("{}")});
  REQUIRE(told(bench, inputs(other), "failed"));
  CHECK(other.target(0) == "GET /api/annotations?type=annotation&limit=1&tags=deployctl-run%3A01JRUN");
  CHECK(other.target(1) == "PATCH /api/annotations/11");
  const NoticeService fresh({json_reply("[]"), json_reply(R"({"id":12})")});
  REQUIRE(told(bench, inputs(fresh), "failed"));
  CHECK(*fresh.body(1).find("time") == Value(std::int64_t{1'773'480'360'000}));
}

TEST_CASE("sentry.release: release and commits at the begin, one deploy when it succeeded, nothing else") {
  Workbench bench(notice::make_sentry_release());
  const auto inputs = [](const NoticeService& service) {
    return Value::Map{{"url", service.server.url()},
                      {"organization", "acme"},
                      {"projects", Value::List{"api"}},
                      {"repository", "acme/shop"},
                      {"token", resolved_secret("t")}};
  };
  const NoticeService service(
      {json_reply("{}", 201), json_reply("{}", 208), json_reply("[]"), json_reply("{}", 201)});
  REQUIRE(told(bench, inputs(service), "started"));
  CHECK(text_in(service.body(0), "refs.0.previousCommit") == std::string(40, 'b'));
  REQUIRE(told(bench, inputs(service), "succeeded"));
  CHECK(service.target(3) == "POST /api/0/organizations/acme/releases/shop%40v1.4.2/deploys/");
  CHECK(text_in(service.body(3), "name") == "01JRUN");
  CHECK(service.target(4) == "PUT /api/0/organizations/acme/releases/shop%40v1.4.2/");
  REQUIRE(told(bench, inputs(service), "failed"));
  CHECK(service.server.requests().size() == 5);
  const NoticeService deployed(
      {json_reply("{}", 208), json_reply(R"([{"name":"01JRUN"}])"), json_reply("{}")});
  REQUIRE(told(bench, inputs(deployed), "succeeded"));
  CHECK(deployed.server.requests().size() == 3);
}
