#include "cloud/aws/caller.hpp"

#include <catch2/catch.hpp>

#include "cloud/aws/faults.hpp"
#include "cloud/aws/xml.hpp"
#include "cloud/aws_bench.hpp"

using namespace deployctl;
using namespace deployctl::aws;
using tests::AwsBench;
using tests::header_of;

namespace {

// A service that gives each of `answers` in turn, the last one for ever.
struct ServiceBench {
  AwsBench bench;
  std::vector<Result<HttpResponse>> answers;
  std::size_t next = 0;

  ServiceBench() {
    bench.environment.insert({{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "secret-key"}});
    bench.written = Value::Map{{"region", "eu-north-1"}};
    bench.open();
    bench.http.answer = [this](const HttpRequest&) { return answers[std::min(next++, answers.size() - 1)]; };
  }

  Result<WipedValue> ask() {
    return bench.caller->call(
        {.service = ssm,
         .operation = "test",
         .request = json_request("AmazonSSM", "GetParameters", Value::Map{{"a", 1}}).value()},
        &*bench.chain, {});
  }

  Error error_of_one(int status, const std::string& body) {
    answers = {HttpResponse{.status = status, .body = body}};
    const auto answer = ask();
    REQUIRE_FALSE(answer);
    return answer.error();
  }
};

HttpResponse good() {
  return {.status = 200, .body = R"({"ok": true})"};
}
HttpResponse fault(const std::string& code, int status = 400) {
  return {.status = status, .body = R"({"__type": "com.amazon#)" + code + R"(:http", "Message": "as told"})"};
}

} // namespace

TEST_CASE("aws calls: a request is signed for its service and region and answered as a value") {
  ServiceBench service;
  service.answers = {good()};
  const auto answer = service.ask();
  REQUIRE(answer);
  CHECK(*(*answer)->find("ok")->get<bool>());
  const HttpRequest& sent = service.bench.http.requests.front();
  CHECK(sent.url == "https://ssm.eu-north-1.amazonaws.com/");
  CHECK(header_of(sent, "X-Amz-Target") == "AmazonSSM.GetParameters");
  CHECK(header_of(sent, "X-Amz-Date") == "20260301T120000Z");
  CHECK_THAT(header_of(sent, "Authorization"),
             Catch::Contains("Credential=AKIA/20260301/eu-north-1/ssm/aws4_request, "
                             "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "));
}

TEST_CASE("aws calls: an endpoint keeps its path and port in what is signed and sent") {
  ServiceBench service;
  service.bench.written =
      Value::Map{{"region", "eu-north-1"}, {"endpoint_url", "http://127.0.0.1:4566/aws/"}};
  service.bench.open();
  service.answers = {good()};
  REQUIRE(service.ask());
  CHECK(service.bench.http.requests.front().url == "http://127.0.0.1:4566/aws/");
}

TEST_CASE("aws calls: a server's trouble is waited out shortly, throttling longer, four and eight times") {
  ServiceBench service;
  service.answers = {fault("InternalServerError", 500), fail(Cause::network, "reset"),
                     HttpResponse{.status = 502, .body = "<html>bad gateway</html>"}, good()};
  CHECK(service.ask());
  CHECK(service.bench.waits ==
        std::vector<Milliseconds>{Milliseconds(25), Milliseconds(50), Milliseconds(100)});

  service.bench.waits.clear();
  service.next = 0;
  service.answers = {fault("ThrottlingException"), fault("ThrottlingException"), good()};
  CHECK(service.ask());
  CHECK(service.bench.waits == std::vector<Milliseconds>{Milliseconds(500), Milliseconds(1000)});

  service.bench.http.requests.clear();
  const Error throttled = service.error_of_one(400, fault("ThrottlingException").body);
  CHECK(service.bench.http.requests.size() == 8);
  CHECK(throttled.cause == Cause::throttled);
  CHECK(throttled.message == "ssm GetParameters: ThrottlingException: as told");
  CHECK(throttled.retryable);

  service.bench.http.requests.clear();
  const Error page = service.error_of_one(503, "<html>");
  CHECK(service.bench.http.requests.size() == 4);
  CHECK(page.message == "ssm GetParameters: HTTP status 503");
  CHECK(page.cause == Cause::network);
}

TEST_CASE("aws calls: the service's own wish for a pause is heeded") {
  ServiceBench service;
  HttpResponse busy = fault("ThrottlingException");
  busy.headers = {{"x-amz-retry-after", "1234"}};
  service.answers = {busy, good()};
  CHECK(service.ask());
  CHECK(service.bench.waits == std::vector<Milliseconds>{Milliseconds(1234)});
}

TEST_CASE("aws calls: a stop ends the waiting") {
  ServiceBench service;
  service.answers = {fault("ThrottlingException")};
  CallerParts parts = service.bench.ports();
  parts.wait = [](Milliseconds, const std::stop_token&) { return false; };
  Caller caller(parts, service.bench.settings);
  const auto answer =
      caller.call({.service = ssm,
                   .operation = "test",
                   .request = json_request("AmazonSSM", "GetParameters", Value::Map{}).value()},
                  &*service.bench.chain, {});
  REQUIRE_FALSE(answer);
  CHECK(answer.error().cause == Cause::cancelled);
}

TEST_CASE("aws calls: errors become causes, and a missing permission names itself") {
  ServiceBench service;
  CHECK(service.error_of_one(400, fault("ParameterNotFound").body).cause == Cause::not_found);
  CHECK(service.error_of_one(400, fault("UnrecognizedClientException").body).cause == Cause::auth);
  CHECK(service.error_of_one(400, fault("LimitExceededException").body).cause == Cause::quota);
  CHECK(service.error_of_one(400, fault("ValidationException").body).cause == Cause::config);
  CHECK(service.error_of_one(401, "").cause == Cause::auth);
  CHECK(service.error_of_one(418, "").cause == Cause::config);
  const Error denied = service.error_of_one(
      400,
      R"({"__type": "AccessDeniedException", "Message": "User: arn:aws:iam::1:user/a is not authorized to perform: )"
      R"(ssm:GetParameters on resource: arn:aws:ssm:eu-north-1:1:parameter/x because no identity-based policy"})");
  CHECK(denied.cause == Cause::permission);
  CHECK(denied.help == "allow ssm:GetParameters on arn:aws:ssm:eu-north-1:1:parameter/x");
  const Error refused = service.error_of_one(
      400,
      R"({"__type": "AccessDeniedException", "message": "a is not authorized to perform: ssm:X with an explicit deny"})");
  CHECK(refused.help == "a policy denies it explicitly; no other policy can allow it");
}

TEST_CASE("aws calls: expired keys are asked for anew once, then it is an error") {
  ServiceBench service;
  service.answers = {fault("ExpiredTokenException"), good()};
  CHECK(service.ask());
  CHECK(service.bench.http.requests.size() == 2);
  service.bench.http.requests.clear();
  const Error expired = service.error_of_one(403, fault("ExpiredTokenException").body);
  CHECK(service.bench.http.requests.size() == 2);
  CHECK(expired.cause == Cause::auth);
  CHECK(expired.help == "sign in again, or give credentials that renew themselves");
}

TEST_CASE("aws calls: a clock that is off is corrected once and stays so, both ways") {
  for (const auto& [date, signed_as] : {std::pair("Sun, 01 Mar 2026 12:10:00 GMT", "20260301T121000Z"),
                                        std::pair("Sun, 01 Mar 2026 11:50:00 GMT", "20260301T115000Z")}) {
    ServiceBench service;
    HttpResponse skewed = fault("InvalidSignatureException");
    skewed.headers = {{"date", date}};
    service.answers = {skewed, good()};
    CHECK(service.ask());
    CHECK(service.ask());
    REQUIRE(service.bench.http.requests.size() == 3);
    CHECK(header_of(service.bench.http.requests[0], "X-Amz-Date") == "20260301T120000Z");
    CHECK(header_of(service.bench.http.requests[1], "X-Amz-Date") == signed_as);
    CHECK(header_of(service.bench.http.requests[2], "X-Amz-Date") == signed_as);
    CHECK(service.bench.waits.empty());
  }
}

TEST_CASE("aws calls: a wrong signature with the right time is no matter of the clock") {
  ServiceBench service;
  HttpResponse wrong = fault("SignatureDoesNotMatch", 403);
  wrong.headers = {{"date", "Sun, 01 Mar 2026 12:01:00 GMT"}};
  service.answers = {wrong};
  CHECK_FALSE(service.ask());
  CHECK(service.bench.http.requests.size() == 1);
  const WallTime now = service.bench.clock.now;
  HttpResponse dated{.headers = {{"date", "Sun, 01 Mar 2026 13:00:00 GMT"}}};
  CHECK(measured_skew(dated, now) == std::chrono::hours(1));
  dated.elapsed = std::chrono::minutes(16);
  CHECK_FALSE(measured_skew(dated, now));
  dated.elapsed = Milliseconds(0);
  dated.headers.emplace("age", "3600");
  CHECK_FALSE(measured_skew(dated, now));
  CHECK_FALSE(measured_skew({.headers = {{"date", "yesterday"}}}, now));
}

TEST_CASE("aws calls: an answer that is no JSON is told without its text") {
  ServiceBench service;
  service.answers = {HttpResponse{.status = 200, .body = R"({"secret": "sentinel)"}};
  const auto answer = service.ask();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message == "GetParameters was answered with what is no JSON");
}

TEST_CASE("aws faults: the old name of a query error goes before the new one") {
  const HttpResponse response{.status = 400,
                              .headers = {{"x-amzn-query-error", "Old.Name;Sender"}},
                              .body = R"({"__type": "NewName", "message": "m"})"};
  CHECK(read_fault(WireProtocol::json_1_1, response).code == "Old.Name");
  const HttpResponse query{.status = 400,
                           .body = "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>"
                                   "<Message>a &lt; b</Message></Error></ErrorResponse>"};
  CHECK(read_fault(WireProtocol::query, query).code == "ValidationError");
  CHECK(read_fault(WireProtocol::query, query).message == "a < b");
  CHECK(read_fault(WireProtocol::query, {.body = "<html><p>"}).code.empty());
}

TEST_CASE("aws xml: elements, lists, entities and verbatim text") {
  const auto text = [](const char* xml, const char* path) {
    const auto document = parse_xml(xml);
    INFO((document ? "" : document.error().message));
    REQUIRE(document);
    const Value* found = document->find_path(path);
    return found && found->text() ? *found->text() : "(none)";
  };
  CHECK(text("<?xml version='1.0'?>\n<!-- c --><a x=\"1\"><b>one</b><c/></a>\n", "a.b") == "one");
  CHECK(text("<a><b>1</b><b>2</b><b>3</b></a>", "a.b.2") == "3");
  CHECK(text("<a>&lt;&#65;&#x20AC;&amp;</a>", "a") == "<A\xE2\x82\xAC&");
  CHECK(text("<a><![CDATA[<b>&]]>!</a>", "a") == "<b>&!");
  CHECK(text("<a><b></b ></a>", "a.b").empty());
  for (const char* bad : {"", "a", "<a>", "<a></b>", "<a><b></a>", "<a>&nope;</a>", "<a>&#0;</a>",
                          "<a>&#xD800;</a>", "<a/><b/>", "<a>&lt", "<!DOCTYPE a><a/>", "<>x</>"}) {
    INFO(bad);
    CHECK_FALSE(parse_xml(bad));
  }
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  CHECK_FALSE(parse_xml(deep));
}
