#include "providers/http/check.hpp"

#include <fmt/core.h>

#include <deployctl/input.hpp>

#include "base/members.hpp"
#include "base/time.hpp"
#include "net/url.hpp"
#include "providers/http_probe.hpp"

namespace deployctl::providers::http {
namespace {

struct CheckInputs : AnswerRule {
  std::string url;
  std::string method = "GET";
  std::map<std::string, Text> headers;
  std::optional<Milliseconds> latency;
  Milliseconds timeout{10'000};
  Milliseconds within{60'000};
  Milliseconds interval{500};
  int consecutive = 1;
};

void add_request(Table<CheckInputs>& table) {
  table
      .add(&CheckInputs::url, {.name = "url",
                               .type = FieldType::url,
                               .help = "The URL that is asked.",
                               .example = "https://example.com/healthz",
                               .required = true})
      .add(&CheckInputs::method, {.name = "method",
                                  .type = FieldType::choice,
                                  .help = "The method of the request.",
                                  .example = "HEAD",
                                  .fallback = "GET",
                                  .choices = {"GET", "HEAD"}})
      .add(&CheckInputs::headers, {.name = "headers",
                                   .type = FieldType::map,
                                   .help = "Headers that are sent.",
                                   .example = "{ Accept: application/json }",
                                   .secret = SecretUse::value,
                                   .element = {{.name = "headers",
                                                .help = "The value of one header.",
                                                .example = "application/json",
                                                .secret = SecretUse::value}}})
      .add(&CheckInputs::timeout, {.name = "timeout",
                                   .type = FieldType::duration,
                                   .help = "How long one request may take.",
                                   .example = "5s",
                                   .fallback = "10s",
                                   .least = 1,
                                   .most = 600'000});
}

void add_patience(Table<CheckInputs>& table) {
  table
      .add(&CheckInputs::latency, {.name = "latency",
                                   .type = FieldType::duration,
                                   .help = "The longest time an answer may take to be good.",
                                   .example = "300ms",
                                   .least = 1})
      .add(&CheckInputs::within, {.name = "within",
                                  .type = FieldType::duration,
                                  .help = "How long to go on asking until the answer is good.",
                                  .example = "2m",
                                  .fallback = "60s",
                                  .most = 86'400'000})
      .add(&CheckInputs::interval, {.name = "interval",
                                    .type = FieldType::duration,
                                    .help = "The time between two requests.",
                                    .example = "1s",
                                    .fallback = "500ms",
                                    .least = 50,
                                    .most = 3'600'000})
      .add(&CheckInputs::consecutive, {.name = "consecutive",
                                       .type = FieldType::integer,
                                       .help = "How many good answers in a row are asked for.",
                                       .example = "3",
                                       .fallback = 1,
                                       .least = 1,
                                       .most = 1000});
}

Table<CheckInputs> table() {
  Table<CheckInputs> result;
  add_request(result);
  add_answer(result);
  add_patience(result);
  return result;
}

std::vector<InputProblem> check_inputs(const Value& inputs) {
  std::vector<InputProblem> problems = check_answer(inputs);
  if (const Value* url = inputs.find("url"); url && url->text())
    if (const auto parsed = net::parse_url(*url->text()); !parsed)
      problems.push_back({.path = "url", .message = parsed.error().message, .help = parsed.error().help});
  const Value* method = inputs.find("method");
  if (method && method->text() && *method->text() == "HEAD")
    for (const char* field : {"body", "body_pattern", "json"})
      if (inputs.find(field))
        problems.push_back({.path = field,
                            .message = fmt::format("an answer to HEAD has no body for '{}'", field),
                            .help = "use method GET"});
  return problems;
}

class Check final : public Gate {
public:
  Sample sample(ReadSession& session, const Ask& ask) const override {
    Sample taken{.taken_at = format_time(session.ports.clock.wall())};
    const auto inputs = table_.decode(*ask.inputs);
    if (!inputs) {
      taken.error = inputs.error();
      return taken;
    }
    HttpRequest request{.operation = inputs->method == "HEAD" ? "head" : "get",
                        .method = inputs->method,
                        .url = inputs->url,
                        .timeout = inputs->timeout,
                        .connect_timeout = inputs->timeout,
                        .response_limit = 1U << 20};
    for (const auto& [name, value] : inputs->headers) request.headers.emplace_back(name, value);
    ProbeResult result = probe(session.ports.http, request, *inputs, session.stop);
    if (result.good && inputs->latency && result.elapsed > *inputs->latency) {
      result.good = false;
      result.detail = fmt::format("answered in {} ms, wanted at most {}", result.elapsed.count(),
                                  format_duration(*inputs->latency));
    }
    taken.error = result.error;
    taken.data = Value::Map{{"good", result.good},
                            {"detail", result.detail},
                            {"status", result.status},
                            {"elapsed_ms", static_cast<std::int64_t>(result.elapsed.count())},
                            {"evidence", Value::List(result.evidence.begin(), result.evidence.end())}};
    return taken;
  }

  // The engine counts good answers in a row; here the last one speaks. A bad answer may be a start-up, so it
  // only asks for another one until the limit.
  Verdict judge(const Ask&, std::span<const Sample> samples) const override {
    if (samples.empty()) return {.detail = "nothing was asked yet"};
    const Sample& last = samples.back();
    Verdict verdict{.detail = text_at(last.data, "detail")};
    if (flag_at(last.data, "good")) verdict.state = Verdict::State::pass;
    if (last.error) {
      verdict.detail = last.error->message;
      const bool may_come = last.error->cause == Cause::network || last.error->cause == Cause::timeout ||
                            last.error->cause == Cause::tls;
      if (!may_come) verdict.state = Verdict::State::error;
    }
    verdict.detail += fmt::format(" ({} {} asked)", samples.size(), samples.size() == 1 ? "time" : "times");
    if (const Value* evidence = last.data.find("evidence"); evidence && evidence->list())
      for (const Value& line : *evidence->list())
        if (line.text()) verdict.evidence.push_back(*line.text());
    return verdict;
  }

  ReadyRule rule(const Ask& ask) const override {
    const auto inputs = table_.decode(*ask.inputs);
    if (!inputs) return {};
    return {.within = inputs->within, .interval = inputs->interval, .consecutive = inputs->consecutive};
  }

private:
  Table<CheckInputs> table_ = table();
};

} // namespace

Provider make_check() {
  Provider provider;
  provider.description = {
      .name = "http.check",
      .summary = "Passes when a URL answers as wanted.",
      .kind = Kind::gate,
      .fields = table().fields(),
      .operations = {{.name = "get",
                      .effect = Effect::read,
                      .protocol = Protocol::http,
                      .help = "Asks the URL.",
                      .method = "GET",
                      .path = ".*"},
                     {.name = "head",
                      .effect = Effect::read,
                      .protocol = Protocol::http,
                      .help = "Asks the URL.",
                      .method = "HEAD",
                      .path = ".*"}},
      .permissions = {"here: reach `url`"},
      .crash_class = [](const Value&) { return CrashClass::observe; },
      .check = check_inputs,
  };
  provider.verbs = std::make_shared<const Check>();
  return provider;
}

} // namespace deployctl::providers::http
