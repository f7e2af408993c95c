// Notices for the conformance rules: services on this machine that say yes to everything.
#include "base/json.hpp"
#include "conformance/subjects.hpp"
#include "net/loopback_mail.hpp"
#include "net/loopback_server.hpp"
#include "providers/notice/makers.hpp"

namespace deployctl::conformance {

namespace {

using tests::Workbench;
using Inputs = std::function<Value::Map(const std::string& url)>;

tests::Reply yes(const tests::Received&) {
  return {.headers = {{"Content-Type", "application/json"}},
          .body = R"({"ok":true,"id":1,"channel":"C1","ts":"1.2"})"};
}

Secret address(const std::string& url) {
  return Secret::reference("sentinel").resolved_with(url);
}

Subject subject_of(Provider (*make)(), const Inputs& inputs) {
  // The server stops with the last bench that asks it.
  const auto server = std::make_shared<tests::LoopbackServer>(yes);
  const auto given = [server, inputs](Workbench&) { return inputs(server->url()); };
  return {.action = make().description.name,
          .bench = [make] { return std::make_unique<Workbench>(make()); },
          .first = given,
          .second = given,
          .with_secret = given};
}

Subject mail_subject() {
  const auto server = std::make_shared<tests::LoopbackMail>();
  const auto given = [server](Workbench&) {
    return Value::Map{{"server", "127.0.0.1:" + std::to_string(server->port())},
                      {"tls", "none"},
                      {"from", "deploy@example.com"},
                      {"to", Value::List{"ops@example.com"}}};
  };
  return {.action = "email.send",
          .bench = [] { return std::make_unique<Workbench>(providers::notice::make_email_send()); },
          .first = given,
          .second = given,
          .with_secret = given};
}

Value token() {
  return tests::resolved_secret("sentinel");
}

} // namespace

std::vector<Subject> notice_subjects() {
  using namespace providers::notice;
  return {
      subject_of(make_webhook_post,
                 [](const std::string& url) {
                   return Value::Map{
                       {"url", url}, {"secret", token()}, {"headers", Value::Map{{"X-Token", token()}}}};
                 }),
      subject_of(make_slack_message,
                 [](const std::string& url) {
                   return Value::Map{{"webhook", address(url)}};
                 }),
      subject_of(make_github_deployment,
                 [](const std::string& url) {
                   return Value::Map{{"api", url}, {"repository", "acme/shop"}, {"token", token()}};
                 }),
      subject_of(make_grafana_annotation,
                 [](const std::string& url) {
                   return Value::Map{{"url", url}, {"token", token()}};
                 }),
      subject_of(make_sentry_release,
                 [](const std::string& url) {
                   return Value::Map{{"url", url},
                                     {"organization", "acme"},
                                     {"projects", Value::List{"api"}},
                                     {"token", token()}};
                 }),
      mail_subject(),
  };
}

} // namespace deployctl::conformance
