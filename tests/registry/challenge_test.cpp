#include <catch2/catch.hpp>

#include "registry/challenge.hpp"
#include "registry/fault.hpp"

using namespace deployctl;
using namespace deployctl::registry;

namespace {

// "scheme{name=value,...}" of every challenge
std::string shown(std::string_view header) {
  std::string text;
  for (const Challenge& challenge : parse_challenges(header)) {
    text += challenge.scheme + "{" + challenge.token;
    for (const auto& [name, value] : challenge.parameters) text += name + "=" + value + ";";
    text += "}";
  }
  return text;
}

HttpResponse answer(int status, std::string body = {}) {
  return {.status = status, .body = std::move(body)};
}

} // namespace

TEST_CASE("challenge: the ways servers write it") {
  const std::pair<const char*, const char*> cases[] = {
      {R"(Bearer realm="https://a/token",service="r",scope="repository:x:pull,push")",
       "bearer{realm=https://a/token;scope=repository:x:pull,push;service=r;}"},
      {R"(BEARER Realm="/token")", "bearer{realm=/token;}"},
      {"Basic realm=registry", "basic{realm=registry;}"},
      {R"(Basic realm="a, \"b\"" , Bearer realm="c")", R"(basic{realm=a, "b";}bearer{realm=c;})"},
      {R"(Bearer realm = "x" ,error="invalid_token")", "bearer{error=invalid_token;realm=x;}"},
      {"Bearer realm=https://a.example/token,service=s", "bearer{realm=https://a.example/token;service=s;}"},
      {"Negotiate, Basic realm=\"x\"", "negotiate{}basic{realm=x;}"},
      {"Negotiate abc==, Basic realm=\"x\"", "negotiate{abc==}basic{realm=x;}"},
      {R"(Bearer realm="a",realm="b")", "bearer{realm=a;}"},
      {R"(Bearer realm="not closed)", ""},
      {R"(Basic realm="x", Bearer realm="not closed)", "basic{realm=x;}"},
      {"", ""},
      {",,,", ""},
      {"\"x\"", ""},
  };
  for (const auto& [header, meant] : cases) {
    INFO(header);
    CHECK(shown(header) == meant);
  }
}

TEST_CASE("challenge: Bearer goes before Basic, also over several headers") {
  HttpResponse response;
  response.headers = {{"www-authenticate", "Basic realm=\"x\""}, {"www-authenticate", "Bearer realm=\"y\""}};
  const auto challenges = challenges_of(response);
  REQUIRE(preferred(challenges));
  CHECK(preferred(challenges)->parameter("realm") == "y");
  CHECK(preferred({}) == nullptr);
  CHECK(preferred(parse_challenges("Negotiate")) == nullptr);
}

TEST_CASE("fault: an error names request, status, code and message, and never a query") {
  const HttpRequest request{.method = "PUT",
                            .url = "https://r.example/v2/a/blobs/uploads/1?_state=s3cret&digest=x"};
  HttpResponse response =
      answer(400, R"({"errors":[{"code":"DIGEST_INVALID","message":"does not match","detail":{}}]})");
  response.headers.emplace("x-request-id", "r-1");
  const Error error = error_of(request, response);
  CHECK(error.message == "PUT https://r.example/v2/a/blobs/uploads/1: 400 DIGEST_INVALID, does not match");
  CHECK(error.evidence == std::vector<std::string>{"request id r-1"});
  CHECK_FALSE(error.retryable);
}

TEST_CASE("fault: bodies that are no error document are quoted, briefly and harmlessly") {
  const HttpRequest request{.url = "https://r.example/v2/"};
  const auto evidence = [&](std::string body) {
    const Error error = error_of(request, answer(502, std::move(body)));
    CHECK(error.message == "GET https://r.example/v2/: 502");
    CHECK(error.retryable);
    return error.evidence.empty() ? "" : error.evidence.front();
  };
  CHECK(evidence("<html>\x1b[31mbad\r\ngateway") == "the answer begins: <html> [31mbad  gateway");
  CHECK(evidence("").empty());
  CHECK(evidence(R"({"errors":null})") == R"(the answer begins: {"errors":null})");
  CHECK(evidence(std::string(2'000'000, 'x')).size() < 300);
  CHECK(error_of(request, answer(403, R"({"message":"quota."})")).message ==
        "GET https://r.example/v2/: 403 quota");
}

TEST_CASE("fault: what may succeed later, and what says that a tag never moves") {
  for (const int status : {408, 429, 500, 502, 503, 504, 499, 520, 524})
    CHECK(may_succeed_later(answer(status)));
  for (const int status : {400, 401, 403, 404, 405, 412, 413, 501})
    CHECK_FALSE(may_succeed_later(answer(status)));
  CHECK(may_succeed_later(answer(400, R"({"errors":[{"code":"TOOMANYREQUESTS"}]})")));
  CHECK(says_immutable(answer(400, R"({"errors":[{"code":"TAG_INVALID"}]})")));
  CHECK(says_immutable(answer(412, R"({"errors":[{"code":"PRECONDITION"}]})")));
  CHECK(says_immutable(answer(409, "The tag is Immutable")));
  CHECK_FALSE(says_immutable(answer(400, R"({"errors":[{"code":"MANIFEST_INVALID"}]})")));
  CHECK_FALSE(says_immutable(answer(500, "immutable")));
}
