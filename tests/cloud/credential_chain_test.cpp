#include "cloud/aws/credential_chain.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

#include "base/crypto_sha1.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "cloud/aws_bench.hpp"

using namespace deployctl;
using namespace deployctl::aws;
using tests::AwsBench;
using tests::bytes_of;
using tests::header_of;

namespace {

std::string sts_answer(const std::string& action, const std::string& secret,
                       const std::string& expires = "2026-03-01T13:00:00Z") {
  return "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action +
         "Result><Credentials><AccessKeyId>ASIA" + secret + "</AccessKeyId><SecretAccessKey>" + secret +
         "</SecretAccessKey><SessionToken>token-of-" + secret + "</SessionToken><Expiration>" + expires +
         "</Expiration></Credentials></" + action + "Result></" + action + "Response>";
}

std::string keys_answer(const std::string& secret, const std::string& expires = "2026-03-01T18:00:00Z") {
  return R"({"AccessKeyId": "ASIA", "SecretAccessKey": ")" + secret +
         R"(", "Token": "t0ken", "Expiration": ")" + expires + "\"}";
}

// STS that gives each role keys named after what was asked for.
Result<HttpResponse> sts_service(const HttpRequest& request) {
  const std::string body = bytes_of(request.body);
  const bool with_token = body.find("WebIdentity") != std::string::npos;
  const std::size_t arn = body.find("RoleArn=");
  const std::string role = body.substr(arn + 8, body.find('&', arn) - arn - 8);
  return HttpResponse{
      .status = 200,
      .body = sts_answer(with_token ? "AssumeRoleWithWebIdentity" : "AssumeRole", "keys-of-" + role)};
}

const std::string key_lines = "aws_access_key_id = AKIA1\naws_secret_access_key = ";

} // namespace

TEST_CASE("aws credentials: the environment comes first, and half a key is an error") {
  AwsBench bench;
  bench.environment.insert({{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "of-environment"}});
  bench.files["/home/ann/.aws/credentials"] = "[default]\n" + key_lines + "of-file\n";
  CHECK(bench.secret_key() == "of-environment");
  CHECK(bench.learned == std::vector<std::string>{"of-environment"});
  bench.environment["AWS_SESSION_TOKEN"] = "token-bytes";
  CHECK(bench.credentials()->session_token->reveal() == "token-bytes");
  bench.environment.erase("AWS_SECRET_ACCESS_KEY");
  CHECK(bench.secret_key() == "error: AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
}

TEST_CASE(
    "aws credentials: a profile that the pipeline writes goes before the environment, AWS_PROFILE does not") {
  AwsBench bench;
  bench.environment.insert({{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "of-environment"}});
  bench.files["/home/ann/.aws/credentials"] = "[prod]\n" + key_lines + "of-prod\n";
  bench.environment["AWS_PROFILE"] = "prod";
  CHECK(bench.secret_key() == "of-environment");
  bench.environment.erase("AWS_PROFILE");
  bench.written = Value::Map{{"profile", "prod"}};
  CHECK(bench.secret_key() == "of-prod");
  bench.written = Value::Map{{"profile", "missing"}};
  CHECK(read_settings(bench.written, bench.environment, bench.reader()).error().message ==
        "there is no profile 'missing'");
}

TEST_CASE("aws credentials: keys of the credentials file, then of a process, then of the config file") {
  AwsBench bench;
  bench.processes.result.out = R"({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "of-process"})";
  bench.files["/home/ann/.aws/config"] =
      "[default]\n" + key_lines + "of-config\ncredential_process = /bin/keys 'two words' a\\ b \"$X\"\n";
  bench.environment["AWS_PROFILE"] = "default";
  bench.environment["OTHER"] = "not passed on";
  CHECK(bench.secret_key() == "of-process");
  REQUIRE(bench.processes.requests.size() == 1);
  const ProcessRequest& ran = bench.processes.requests.front();
  CHECK(ran.argv == std::vector<std::string>{"/bin/keys", "two words", "a b", "$X"});
  CHECK(std::ranges::count(ran.inherit, "AWS_PROFILE") == 1);
  CHECK(std::ranges::count(ran.inherit, "OTHER") == 0);
  bench.files["/home/ann/.aws/credentials"] = "[default]\n" + key_lines + "of-credentials\n";
  CHECK(bench.secret_key() == "of-credentials");
  bench.files = {{"/home/ann/.aws/config", "[default]\n" + key_lines + "of-config\n"}};
  CHECK(bench.secret_key() == "of-config");
}

TEST_CASE("aws credentials: a process that fails or prints junk is an error, without what it printed") {
  AwsBench bench;
  bench.files["/home/ann/.aws/config"] = "[default]\ncredential_process = keys\n";
  const std::string source = "error: credential_process of profile 'default' ";
  bench.processes.result = {.exit_code = 3, .out = "sentinel"};
  CHECK(bench.secret_key() == source + "exited with 3");
  bench.processes.result = {.out = "sentinel"};
  CHECK(bench.secret_key() == source + "did not print JSON");
  bench.processes.result = {.out = R"({"Version": 2, "AccessKeyId": "sentinel"})"};
  CHECK(bench.secret_key() == source + "did not print credentials of version 1");
  bench.processes.result = {.out = R"({"Version": 1, "AccessKeyId": "sentinel"})"};
  CHECK(bench.secret_key() == source + "gave no access key and secret");
  bench.processes.result = {.timed_out = true};
  CHECK(bench.secret_key() == source + "took longer than 60 s");
  bench.processes.result = {
      .out =
          R"({"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "2026-03-01T11:00:00Z"})"};
  CHECK_THAT(bench.secret_key(), Catch::Contains("expired at 2026-03-01T11:00:00"));
  bench.files["/home/ann/.aws/config"] = "[default]\ncredential_process = keys 'open\n";
  CHECK_THAT(bench.secret_key(), Catch::Contains("a quote is not closed"));
}

TEST_CASE("aws credentials: a role is assumed with its source, over several profiles") {
  AwsBench bench;
  bench.http.answer = sts_service;
  bench.files["/home/ann/.aws/config"] =
      "[profile last]\nrole_arn = last\nsource_profile = middle\nexternal_id = x\nduration_seconds = 900\n"
      "region = eu-north-1\n[profile middle]\nrole_arn = middle\nsource_profile = base\n[profile base]\n" +
      key_lines + "of-base\n";
  bench.environment["AWS_PROFILE"] = "last";
  CHECK(bench.secret_key() == "keys-of-last");
  REQUIRE(bench.http.requests.size() == 2);
  CHECK(bench.http.requests[0].url == "https://sts.eu-north-1.amazonaws.com/");
  CHECK_THAT(header_of(bench.http.requests[0], "Authorization"), Catch::Contains("Credential=AKIA1/"));
  CHECK_THAT(header_of(bench.http.requests[1], "Authorization"),
             Catch::Contains("Credential=ASIAkeys-of-middle/"));
  CHECK(header_of(bench.http.requests[1], "X-Amz-Security-Token") == "token-of-keys-of-middle");
  CHECK(bytes_of(bench.http.requests[1].body) ==
        "Action=AssumeRole&Version=2011-06-15&RoleArn=last&RoleSessionName=deployctl-1772366400&ExternalId=x&"
        "DurationSeconds=900");
  CHECK(bench.chain->credentials({})->source == "profile 'last' via 'last'");
  CHECK(bench.http.requests.size() == 2);
}

TEST_CASE("aws credentials: mistakes of roles are told before anything is asked for") {
  const auto error = [](const std::string& config) {
    AwsBench bench;
    bench.environment["AWS_PROFILE"] = "a";
    bench.files["/home/ann/.aws/config"] = "[profile a]\nrole_arn = r\n" + config;
    const std::string text = bench.secret_key();
    CHECK(bench.http.requests.empty());
    return text;
  };
  CHECK(error("") == "error: profile 'a' has role_arn with neither source_profile nor credential_source");
  CHECK(error("source_profile = b\ncredential_source = Environment\n") ==
        "error: profile 'a' has role_arn with both source_profile and credential_source");
  CHECK(error("source_profile = b\n") == "error: there is no profile 'b'");
  CHECK(error("source_profile = a\n") == "error: profile 'a' is its own source");
  CHECK(error("source_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a\n") ==
        "error: profile 'a' is its own source");
  CHECK(error("source_profile = b\n[profile b]\nregion = x\n") == "error: profile 'b' has no credentials");
  CHECK(error("credential_source = Cloud\n") ==
        "error: profile 'a' names the unknown credential_source 'Cloud'");
  CHECK(error("credential_source = environment\n") ==
        "error: profile 'a' takes its keys from Environment, but AWS_ACCESS_KEY_ID is not set");
  CHECK(error("source_profile = a\nmfa_serial = m\n") ==
        "error: profile 'a' wants the code of an MFA device");
}

TEST_CASE("aws credentials: a profile that holds keys may be its own source") {
  AwsBench bench;
  bench.http.answer = sts_service;
  bench.environment["AWS_PROFILE"] = "a";
  bench.files["/home/ann/.aws/config"] =
      "[profile a]\nrole_arn = r\nsource_profile = a\n" + key_lines + "own\n";
  CHECK(bench.secret_key() == "keys-of-r");
}

TEST_CASE("aws credentials: a role that the pipeline writes is assumed with whatever was found") {
  AwsBench bench;
  bench.http.answer = sts_service;
  bench.environment.insert({{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "of-environment"}});
  bench.written = Value::Map{{"role_arn", "deployer"}, {"session_name", "ci"}, {"region", "eu-north-1"}};
  CHECK(bench.secret_key() == "keys-of-deployer");
  CHECK_THAT(bytes_of(bench.http.requests.front().body), Catch::Contains("&RoleSessionName=ci"));
  CHECK(bench.learned ==
        std::vector<std::string>{"of-environment", "keys-of-deployer", "token-of-keys-of-deployer"});
}

TEST_CASE("aws credentials: a web identity is asked for unsigned, and its file read anew for each renewal") {
  AwsBench bench;
  bench.http.answer = sts_service;
  bench.environment.insert({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}, {"AWS_ROLE_ARN", "pod"}});
  bench.files["/token"] = "jwt-one\n";
  CHECK(bench.secret_key() == "keys-of-pod");
  CHECK(header_of(bench.http.requests[0], "Authorization").empty());
  CHECK(bench.http.requests[0].url == "https://sts.us-east-1.amazonaws.com/");
  CHECK_THAT(bytes_of(bench.http.requests[0].body), Catch::Contains("&WebIdentityToken=jwt-one"));
  bench.files["/token"] = "jwt-two\n";
  bench.clock.now += std::chrono::minutes(44);
  CHECK(bench.chain->credentials({}));
  CHECK(bench.http.requests.size() == 1);
  bench.clock.now += std::chrono::minutes(2); // 14 minutes are left
  CHECK(bench.chain->credentials({}));
  REQUIRE(bench.http.requests.size() == 2);
  CHECK_THAT(bytes_of(bench.http.requests[1].body), Catch::Contains("&WebIdentityToken=jwt-two"));
  bench.environment.erase("AWS_ROLE_ARN");
  CHECK(bench.secret_key() == "error: AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not");
}

TEST_CASE("aws credentials: old keys serve while renewing fails, until ten minutes before their end") {
  AwsBench bench;
  bench.http.answer = sts_service;
  bench.environment.insert({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}, {"AWS_ROLE_ARN", "pod"}});
  bench.files["/token"] = "jwt";
  REQUIRE(bench.credentials());
  bench.files.clear();
  bench.clock.now += std::chrono::minutes(48);
  CHECK(bench.chain->credentials({}));
  bench.clock.now += std::chrono::minutes(3);
  CHECK_FALSE(bench.chain->credentials({}));
}

TEST_CASE("aws credentials: sso with the cached token of its session") {
  AwsBench bench;
  bench.environment["AWS_PROFILE"] = "prod";
  bench.files["/home/ann/.aws/config"] =
      "[profile prod]\nsso_session = main\nsso_account_id = 123456789012\nsso_role_name = Deployer\n"
      "[sso-session main]\nsso_region = eu-west-1\nsso_start_url = https://example.awsapps.com/start\n";
  CHECK(bench.secret_key() == "error: the SSO sign-in of profile 'prod' was never made");
  const std::string cache = "/home/ann/.aws/sso/cache/" + sha1_hex("main") + ".json";
  bench.files[cache] = R"({"accessToken": "portal-token", "expiresAt": "2026-03-01T20:00:00Z"})";
  bench.http.answer = [](const HttpRequest&) {
    return HttpResponse{.status = 200, .body = R"({"roleCredentials": {"accessKeyId": "A",
      "secretAccessKey": "of-portal", "sessionToken": "s", "expiration": 1772377200000}})"};
  };
  CHECK(bench.secret_key() == "of-portal");
  REQUIRE(bench.http.requests.size() == 1);
  CHECK(bench.http.requests[0].url == "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials"
                                      "?role_name=Deployer&account_id=123456789012");
  CHECK(header_of(bench.http.requests[0], "x-amz-sso_bearer_token") == "portal-token");
  CHECK(format_time(*bench.chain->credentials({})->expires) == "2026-03-01T15:00:00.000Z");
  bench.http.answer = [](const HttpRequest&) {
    return HttpResponse{
        .status = 401, .headers = {{"x-amzn-errortype", "UnauthorizedException:"}}, .body = "{}"};
  };
  const auto refused = bench.credentials();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().help == "run: aws sso login --profile prod");
}

TEST_CASE("aws credentials: an sso token near its end is renewed and written back") {
  AwsBench bench;
  bench.environment["AWS_PROFILE"] = "prod";
  bench.files["/home/ann/.aws/config"] =
      "[profile prod]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n"
      "sso_account_id = 1\nsso_role_name = R\n";
  const std::string cache =
      "/home/ann/.aws/sso/cache/" + sha1_hex("https://example.awsapps.com/start") + ".json";
  bench.files[cache] = R"({"accessToken": "old-token", "expiresAt": "2026-03-01T11:59:00Z", "clientId": "c",
    "clientSecret": "client-secret", "refreshToken": "refresh-token", "registrationExpiresAt": "2026-06-01T00:00:00Z"})";
  bench.http.answer = [](const HttpRequest& request) {
    const bool renews = request.url.ends_with("/token");
    return HttpResponse{
        .status = 200,
        .body = renews ? R"({"accessToken": "new-token", "expiresIn": 3600})"
                       : R"({"roleCredentials": {"accessKeyId": "A", "secretAccessKey": "kept"}})"};
  };
  CHECK(bench.secret_key() == "kept");
  REQUIRE(bench.http.requests.size() == 2);
  CHECK(bench.http.requests[0].url == "https://oidc.eu-west-1.amazonaws.com/token");
  CHECK_FALSE(bench.http.requests[0].body.plain());
  CHECK(header_of(bench.http.requests[1], "x-amz-sso_bearer_token") == "new-token");
  const Value kept = parse_json(bench.files[cache], JsonMode::plain).value();
  CHECK(*kept.find("accessToken")->text() == "new-token");
  CHECK(*kept.find("expiresAt")->text() == "2026-03-01T13:00:00.000Z");
  CHECK(*kept.find("refreshToken")->text() == "refresh-token");
  bench.files[cache] = R"({"accessToken": "old-token", "expiresAt": "2026-03-01T11:59:00Z"})";
  CHECK(bench.secret_key() == "error: the SSO sign-in of profile 'prod' has expired");
}

TEST_CASE("aws credentials: a container's agent is asked three times, and only where it may be") {
  AwsBench bench;
  bench.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/keys";
  int failures = 2;
  bench.http.answer = [&](const HttpRequest&) {
    return failures-- > 0 ? HttpResponse{.status = 500}
                          : HttpResponse{.status = 200, .body = keys_answer("of-task")};
  };
  CHECK(bench.secret_key() == "of-task");
  CHECK(bench.http.requests.size() == 3);
  CHECK(bench.http.requests[0].url == "http://169.254.170.2/v2/keys");
  CHECK(bench.waits == std::vector<Milliseconds>{Milliseconds(1000), Milliseconds(1000)});

  bench.environment.erase("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  bench.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/pod-token";
  bench.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "not this one";
  bench.files["/pod-token"] = "pod-token\n";
  for (const char* good : {"http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1",
                           "http://localhost:1/x", "http://127.0.0.1/x", "https://keys.example.com/x"}) {
    INFO(good);
    bench.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = good;
    CHECK(bench.secret_key() == "of-task");
    CHECK(header_of(bench.http.requests.back(), "Authorization") == "pod-token");
  }
  for (const char* bad : {"http://keys.example.com/x", "http://169.254.170.3/x", "http://10.0.0.1/x"}) {
    INFO(bad);
    bench.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = bad;
    CHECK_THAT(bench.secret_key(), Catch::Contains("neither https nor this machine's agent"));
  }
  bench.files["/pod-token"] = "two\nlines";
  bench.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://localhost/x";
  CHECK(bench.secret_key() == "error: the container's authorization token holds a line break");
}

TEST_CASE("aws credentials: an instance gives its role's keys by the second version of its service") {
  AwsBench bench;
  bench.http.answer = [](const HttpRequest& request) -> Result<HttpResponse> {
    if (request.method == "PUT") return HttpResponse{.status = 200, .body = "session-of-imds"};
    if (header_of(request, "x-aws-ec2-metadata-token") != "session-of-imds")
      return HttpResponse{.status = 401};
    return HttpResponse{.status = 200,
                        .body = request.url.ends_with("/")
                                    ? "web-role\n"
                                    : keys_answer("of-instance", "2026-03-01T11:00:00Z")};
  };
  CHECK(bench.secret_key() == "of-instance");
  REQUIRE(bench.http.requests.size() == 3);
  CHECK(bench.http.requests[0].url == "http://169.254.169.254/latest/api/token");
  CHECK(bench.http.requests[2].url ==
        "http://169.254.169.254/latest/meta-data/iam/security-credentials/web-role");
  CHECK(bench.chain->credentials({})->expires > bench.clock.now);
  bench.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6";
  CHECK(bench.secret_key() == "of-instance");
  CHECK(bench.http.requests.back().url.starts_with("http://[fd00:ec2::254]/"));
}

TEST_CASE("aws credentials: when there are none, each link says why") {
  AwsBench bench;
  auto none = bench.credentials();
  REQUIRE_FALSE(none);
  CHECK(none.error().cause == Cause::auth);
  CHECK(none.error().message == "no credentials for AWS were found");
  CHECK(none.error().evidence ==
        std::vector<std::string>{
            "environment: AWS_ACCESS_KEY_ID is not set", "assumed role: profile 'default' has no role_arn",
            "web identity: profile 'default' has no web_identity_token_file",
            "sso: profile 'default' has no sso_session",
            "credentials file: profile 'default' of the credentials file has no access key",
            "credential process: profile 'default' has no credential_process",
            "config file: profile 'default' has no access key",
            "container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set",
            "instance: no instance metadata service answers"});
  bench.environment["AWS_EC2_METADATA_DISABLED"] = "true";
  none = bench.credentials();
  CHECK(none.error().evidence.back() == "instance: AWS_EC2_METADATA_DISABLED is set");
}

TEST_CASE(
    "aws credentials: who asks right behind a failure gets the same one, later the links are asked anew") {
  AwsBench bench;
  bench.open();
  const auto ask = [&bench] { return bench.chain->credentials({}).has_value(); };
  CHECK_FALSE(ask());
  CHECK_FALSE(ask());
  CHECK(bench.http.requests.size() == 1);
  bench.clock.now += std::chrono::seconds(6);
  CHECK_FALSE(ask());
  CHECK(bench.http.requests.size() == 2);
}

TEST_CASE("aws credentials: many that ask at once cause one question") {
  AwsBench bench;
  bench.environment.insert({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}, {"AWS_ROLE_ARN", "pod"}});
  bench.files["/token"] = "jwt";
  bench.http.answer = sts_service;
  bench.open();
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] { good += bench.chain->credentials({}).has_value() ? 1 : 0; });
  }
  CHECK(good == 8);
  CHECK(bench.http.requests.size() == 1);
}
