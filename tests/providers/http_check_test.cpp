#include <catch2/catch.hpp>

#include "net/loopback_server.hpp"
#include "providers/http/check.hpp"
#include "providers/workbench.hpp"

using namespace deployctl;
using deployctl::tests::LoopbackServer;
using deployctl::tests::Received;
using deployctl::tests::Reply;
using deployctl::tests::Workbench;

namespace {

struct Judged {
  Verdict::State state;
  std::string detail;
};

Judged judge(Value::Map inputs, Reply reply) {
  Workbench bench(providers::http::make_check());
  LoopbackServer server([&](const Received&) { return reply; });
  inputs["url"] = server.url("/health");
  const Ask ask = bench.ask(std::move(inputs));
  const Sample sample = bench.sample(ask);
  const Verdict verdict = bench.verbs<Gate>().judge(ask, std::span(&sample, 1));
  return {verdict.state, verdict.detail};
}

} // namespace

TEST_CASE("http.check: passes when everything asked for is there") {
  const Reply good{
      .status = 201, .headers = {{"X-Release", "1.4"}}, .body = R"({"checks":[{"ok":true}],"v":"1.4.2"})"};
  CHECK(judge({{"status", Value::List{200, 201}}}, good).state == Verdict::State::pass);
  CHECK(judge({{"status", 201},
               {"body", "1.4.2"},
               {"body_pattern", R"(1\.4\.\d)"},
               {"json", Value::Map{{"pointer", "/checks/0/ok"}, {"equals", true}}},
               {"response_headers", Value::Map{{"x-release", "1.4"}}},
               {"latency", "10s"}},
              good)
            .state == Verdict::State::pass);
}

TEST_CASE("http.check: asks again and says what differs") {
  const Reply reply{.status = 503, .headers = {{"X-Release", "1.3"}}, .body = R"({"ok":false})"};
  const auto detail = [&](Value::Map inputs) {
    inputs.emplace("status", 503);
    const Judged judged = judge(std::move(inputs), reply);
    CHECK(judged.state == Verdict::State::inconclusive);
    return judged.detail;
  };
  CHECK(judge({}, reply).detail == "status 503, wanted 200 (1 time asked)");
  CHECK(detail({{"body", "fine"}}) == "the body does not contain 'fine' (1 time asked)");
  CHECK(detail({{"body_pattern", "^fine"}}) == "'^fine' is not found in the body (1 time asked)");
  CHECK(detail({{"json", Value::Map{{"pointer", "/ok"}, {"equals", true}}}}) ==
        "'/ok' is false, wanted true (1 time asked)");
  CHECK(detail({{"json", Value::Map{{"pointer", "/no"}, {"equals", 1}}}}) ==
        "the body has nothing at '/no' (1 time asked)");
  CHECK(detail({{"response_headers", Value::Map{{"X-Release", "1.4"}}}}) ==
        "header 'X-Release' is '1.3', wanted '1.4' (1 time asked)");
}

TEST_CASE("http.check: the evidence is the status and the first lines, without control characters") {
  Workbench bench(providers::http::make_check());
  LoopbackServer server(
      [](const Received&) { return Reply{.status = 500, .body = "line\x1b[2J one\n\nline two\n"}; });
  const Ask ask = bench.ask({{"url", server.url()}});
  const Sample sample = bench.sample(ask);
  CHECK(bench.verbs<Gate>().judge(ask, std::span(&sample, 1)).evidence ==
        std::vector<std::string>{"status 500", "line one", "line two"});
}

TEST_CASE("http.check: nobody there may still come, a request that cannot be sent will not") {
  Workbench bench(providers::http::make_check());
  const auto state = [&](const std::string& url) {
    const Ask ask = bench.ask({{"url", url}, {"timeout", "1s"}});
    const Sample sample = bench.sample(ask);
    return bench.verbs<Gate>().judge(ask, std::span(&sample, 1)).state;
  };
  CHECK(state("http://127.0.0.1:" + std::to_string(tests::closed_port()) + "/") ==
        Verdict::State::inconclusive);
  CHECK(state("http://user@127.0.0.1/") == Verdict::State::error);
}

TEST_CASE("http.check: headers are sent, secrets included; the rule comes from the inputs") {
  Workbench bench(providers::http::make_check());
  LoopbackServer server([](const Received&) { return Reply{}; });
  const Ask ask = bench.ask({{"url", server.url()},
                             {"method", "HEAD"},
                             {"headers", Value::Map{{"Authorization", tests::resolved_secret("token")}}},
                             {"within", "2m"},
                             {"interval", "2s"},
                             {"consecutive", 3}});
  bench.sample(ask);
  CHECK(server.requests().at(0).headers.at("authorization") == "secret-token");
  CHECK(server.requests().at(0).method == "HEAD");
  const ReadyRule rule = bench.verbs<Gate>().rule(ask);
  CHECK(rule.within == Milliseconds(120'000));
  CHECK(rule.interval == Milliseconds(2'000));
  CHECK(rule.consecutive == 3);
}

TEST_CASE("http.check: mistakes are found before anything is asked") {
  const auto check = providers::http::make_check().description.check;
  const auto paths = [&](Value::Map inputs) {
    std::vector<std::string> found;
    for (const InputProblem& problem : check(Value(std::move(inputs)))) found.push_back(problem.path);
    return found;
  };
  CHECK(paths({{"url", "ftp://x"}}) == std::vector<std::string>{"url"});
  CHECK(paths({{"url", "http://x"}, {"body_pattern", "("}}) == std::vector<std::string>{"body_pattern"});
  CHECK(paths({{"url", "http://x"}, {"json", Value::Map{{"pointer", "a"}}}}) ==
        std::vector<std::string>{"json.pointer"});
  CHECK(paths({{"url", "http://x"}, {"method", "HEAD"}, {"body", "x"}}) == std::vector<std::string>{"body"});
}
