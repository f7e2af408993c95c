#include "cloud/aws/endpoint.hpp"

#include <catch2/catch.hpp>

#include "base/json.hpp"
#include "vectors.hpp"

using namespace deployctl;
using namespace deployctl::aws;

namespace {

// "services" and "profiles" of the vectors, which have blocks where the files have indented lines.
Sections sections_of(const Value& written) {
  Sections out;
  for (const auto& [name, keys] : *written.map())
    for (const auto& [key, value] : *keys.map()) {
      if (value.text()) out[name].values[key] = *value.text();
      if (value.map())
        for (const auto& [inner, text] : *value.map()) out[name].blocks[key][inner] = *text.text();
    }
  for (const auto& [name, keys] : *written.map()) out[name];
  return out;
}

Environment environment_of(const Value& written) {
  Environment out;
  for (const auto& [name, value] : *written.map()) out.emplace(name, *value.text());
  return out;
}

std::string text_of(const Value& value, const char* key) {
  const Value* found = value.find(key);
  return found && found->text() ? *found->text() : "";
}

constexpr Service s3{"S3", "s3", "s3"};
constexpr Service dynamodb{"DynamoDB", "dynamodb", "dynamodb"};

Result<std::string> resolve(const Service& service, const std::string& region,
                            const Environment& environment = {}, const std::string& url = {}) {
  const SharedConfig none;
  return resolve_endpoint(
      {.service = service, .region = region, .url = url, .environment = environment, .config = none});
}

} // namespace

TEST_CASE("endpoint: every published case of configured URLs") {
  const auto text = tests::read_vectors("aws-endpoint-urls.json");
  if (!text) return;
  const Value vectors = parse_json(*text, JsonMode::plain).value();
  int count = 0;
  for (const Value& suite : *vectors.find("testSuites")->list()) {
    const SharedConfig config{.profiles = sections_of(*suite.find("profiles")),
                              .services = sections_of(*suite.find("services"))};
    for (const Value& one : *suite.find("endpointUrlTests")->list()) {
      INFO(text_of(one, "name"));
      const Value& client = *suite.find("client_configs")->find(text_of(one, "client_config"));
      const Environment environment =
          environment_of(*suite.find("environments")->find(text_of(one, "environment")));
      const std::string profile = text_of(one, "profile");
      const auto endpoint =
          resolve_endpoint({.service = text_of(one, "service") == "s3" ? s3 : dynamodb,
                            .region = *config.profile(profile)->find("region"),
                            .url = text_of(client, "endpoint_url"),
                            .ignore_configured = client.find("ignore_configured_endpoint_urls") != nullptr,
                            .environment = environment,
                            .config = config,
                            .profile = profile});
      REQUIRE(endpoint);
      CHECK(*endpoint == *one.find_path("output.endpointUrl")->text());
      ++count;
    }
  }
  CHECK(count >= 39);
}

TEST_CASE("endpoint: each partition has its own hosts") {
  CHECK(*resolve(sts, "eu-north-1") == "https://sts.eu-north-1.amazonaws.com");
  CHECK(*resolve(sts, "cn-north-1") == "https://sts.cn-north-1.amazonaws.com.cn");
  CHECK(*resolve(sts, "us-gov-west-1") == "https://sts.us-gov-west-1.amazonaws.com");
  CHECK(*resolve(sts, "us-iso-east-1") == "https://sts.us-iso-east-1.c2s.ic.gov");
  CHECK(*resolve(sts, "us-isob-east-1") == "https://sts.us-isob-east-1.sc2s.sgov.gov");
  CHECK(*resolve(sts, "eusc-de-east-1") == "https://sts.eusc-de-east-1.amazonaws.eu");
  CHECK(*resolve(sso, "eu-north-1") == "https://portal.sso.eu-north-1.amazonaws.com");
  CHECK(partition_of("eusc-de-east-1").name == "aws-eusc");
  CHECK(partition_of("us-gov-east-1").name == "aws-us-gov");
  CHECK(partition_of("some-future-9").name == "aws");
}

TEST_CASE("endpoint: FIPS and dual-stack hosts, and not together with an URL of one's own") {
  const Environment fips{{"AWS_USE_FIPS_ENDPOINT", "true"}};
  const Environment both{{"AWS_USE_FIPS_ENDPOINT", "True"}, {"AWS_USE_DUALSTACK_ENDPOINT", "true"}};
  CHECK(*resolve(secrets_manager, "us-east-1", fips) ==
        "https://secretsmanager-fips.us-east-1.amazonaws.com");
  CHECK(*resolve(secrets_manager, "us-east-1", both) == "https://secretsmanager-fips.us-east-1.api.aws");
  const auto refused = resolve(ssm, "us-east-1", fips, "http://localhost:4566");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "FIPS is set, and so is the endpoint 'http://localhost:4566'");
}

TEST_CASE("endpoint: an URL keeps its path and loses its last slash") {
  CHECK(*resolve(ssm, "us-east-1", {}, "https://proxy.example.com:8443/aws/") ==
        "https://proxy.example.com:8443/aws");
  CHECK(*resolve(secrets_manager, "us-east-1",
                 {{"AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:5000"}}) == "http://127.0.0.1:5000");
  CHECK_FALSE(resolve(ssm, "us-east-1", {}, "ftp://example.com"));
  CHECK_FALSE(resolve(ssm, "us-east-1", {}, "http://example.com/?a=b"));
}

TEST_CASE("endpoint: a region must be there and be the part of a host name") {
  CHECK(resolve(ssm, "").error().message == "no region is set for SSM");
  for (const char* region : {"us-east-1.evil.example", "a b", "-x", "x-", "US-EAST-1", "eu@x"}) {
    INFO(region);
    REQUIRE_FALSE(resolve(ssm, region));
    CHECK(resolve(ssm, region).error().cause == Cause::config);
  }
}
