#include <catch2/catch.hpp>

#include "cloud/aws_bench.hpp"

using namespace deployctl;
using tests::AwsBench;
using tests::bytes_of;
using tests::header_of;

TEST_CASE("credentials: a role is assumed by the identity that GitHub signs for a job") {
  AwsBench bench;
  bench.environment["AWS_ACCESS_KEY_ID"] = "not these";
  bench.environment["AWS_SECRET_ACCESS_KEY"] = "not these either";
  bench.written =
      Value::Map{{"identity", "github"}, {"role_arn", "arn:aws:iam::1:role/ci"}, {"region", "eu-north-1"}};
  bench.http.answer = [](const HttpRequest& request) -> Result<HttpResponse> {
    if (request.url == "https://actions.example.com/id?audience=sts.amazonaws.com")
      return HttpResponse{.status = 200, .body = R"({"value":"jwt-github"})"};
    const std::string body = bytes_of(request.body);
    if (body.find("Action=AssumeRoleWithWebIdentity") == std::string::npos ||
        body.find("WebIdentityToken=jwt-github") == std::string::npos ||
        !header_of(request, "Authorization").empty())
      return HttpResponse{.status = 400};
    return HttpResponse{
        .status = 200,
        .body =
            "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
            "<AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>by-identity</SecretAccessKey>"
            "<SessionToken>session</SessionToken><Expiration>2026-03-01T13:00:00Z</Expiration></Credentials>"
            "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"};
  };
  CHECK(bench.secret_key().starts_with("error: GitHub gives this job no identity"));
  bench.environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://actions.example.com/id";
  bench.environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "request-token";
  CHECK(bench.secret_key() == "by-identity");
  CHECK(std::ranges::count(bench.learned, "jwt-github") == 1);
}
