#include "cloud/aws/shared_config.hpp"

#include <catch2/catch.hpp>

using namespace deployctl;
using namespace deployctl::aws;

namespace {

SharedConfig config(std::string_view text) {
  auto parsed = parse_shared_config(text, SharedFile::config);
  INFO((parsed ? "" : parsed.error().message));
  REQUIRE(parsed);
  return *parsed;
}

std::string error(std::string_view text) {
  const auto parsed = parse_shared_config(text, SharedFile::config);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().cause == Cause::config);
  return parsed.error().message;
}

std::string value(const SharedConfig& shared, std::string_view profile, std::string_view key) {
  const Section* section = shared.profile(profile);
  REQUIRE(section);
  const std::string* found = section->find(key);
  return found ? *found : "(none)";
}

} // namespace

TEST_CASE("shared config: profiles, sessions and services have sections of their own") {
  const auto shared = config("[default]\nregion=eu-north-1\n"
                             "[profile prod] # who deploys\r\nregion = us-east-1\r\nSSO_Session = main\n"
                             "[sso-session main]\nsso_region = eu-west-1\n"
                             "[services local]\nsecrets_manager =\n  endpoint_url = http://localhost:1\n"
                             "ssm =\n\tendpoint_url=http://localhost:2\n"
                             "[prod]\nregion = not-a-profile-here\n");
  CHECK(value(shared, "default", "region") == "eu-north-1");
  CHECK(value(shared, "prod", "region") == "us-east-1");
  CHECK(value(shared, "prod", "sso_session") == "main");
  CHECK(*shared.sso_sessions.at("main").find("sso_region") == "eu-west-1");
  CHECK(*shared.services.at("local").find("secrets_manager", "endpoint_url") == "http://localhost:1");
  CHECK(*shared.services.at("local").find("ssm", "endpoint_url") == "http://localhost:2");
  CHECK(shared.profiles.size() == 2);
}

TEST_CASE("shared config: comments stand alone or behind a blank") {
  const auto shared = config("# one\n; two\n[profile a]; three\n[profile b] # four\n  \t\n"
                             "plain = value # five\nother = value ; six\nkey = va#lu;e\nempty = # seven\n");
  CHECK(value(shared, "b", "plain") == "value");
  CHECK(value(shared, "b", "other") == "value");
  CHECK(value(shared, "b", "key") == "va#lu;e");
  CHECK(value(shared, "b", "empty") == "(none)");
  CHECK(shared.profile("a"));
}

TEST_CASE("shared config: indented lines go on with a value, comments and all, or make a block") {
  const auto shared = config("[profile a]\ncredential_process = one\n  two # three\n  ; four\n"
                             "s3 =\n  max_concurrent_requests = 20\n\n  Name =\nregion = here\n");
  CHECK(value(shared, "a", "credential_process") == "one\ntwo # three\n; four");
  CHECK(*shared.profile("a")->find("s3", "max_concurrent_requests") == "20");
  CHECK(shared.profile("a")->find("s3", "name") == nullptr);
  CHECK(value(shared, "a", "region") == "here");
}

TEST_CASE("shared config: names may be quoted and keep their case; keys do not") {
  const auto shared = config("[profile \"two words\"]\nRegion = a\n[profile  \tPadded\t ]\nx=1\n"
                             "[profile 'q']\nx=2\n[profile a-b_c./%@:+9]\nx=3\n[profile bad!]\nx=4\n");
  CHECK(value(shared, "two words", "region") == "a");
  CHECK(value(shared, "Padded", "x") == "1");
  CHECK(value(shared, "q", "x") == "2");
  CHECK(value(shared, "a-b_c./%@:+9", "x") == "3");
  CHECK_FALSE(shared.profile("bad!"));
  CHECK_FALSE(shared.profile("padded"));
}

TEST_CASE("shared config: what stands twice is one section, and the last value counts") {
  const auto shared = config("[profile a]\nx = 1\ny = 1\n[profile a]\nX = 2\nx=\n b = 1\nx = 3\n");
  CHECK(value(shared, "a", "x") == "3");
  CHECK(value(shared, "a", "y") == "1");
  CHECK(shared.profile("a")->find("x", "b") == nullptr);
}

TEST_CASE("shared config: [profile default] is the default, wherever it stands") {
  for (const char* text : {"[profile default]\nx = 1\n[default]\nx = 2\ny = 2\n",
                           "[default]\nx = 2\ny = 2\n[profile default]\nx = 1\n"}) {
    const auto shared = config(text);
    CHECK(value(shared, "default", "x") == "1");
    CHECK(value(shared, "default", "y") == "(none)");
  }
}

TEST_CASE("shared config: mistakes are told by line, and never a value") {
  CHECK(error("x = 1") == "line 1: a setting stands before the first '[profile]'");
  CHECK(error("\n  x") == "line 2: a setting stands before the first '[profile]'");
  CHECK(error("[profile a]\n\nsentinel") == "line 3: there is no '='");
  CHECK(error("[profile a]\n= sentinel") == "line 2: there is no name before '='");
  CHECK(error("[profile a]\n sentinel") == "line 2: an indented line has no setting above it");
  CHECK(error("[profile a]\nx = 1\n[profile a]\n y") == "line 4: an indented line has no setting above it");
  CHECK(error("[profile a]\ns3 =\n sentinel") == "line 3: there is no '='");
  CHECK(error("[profile a") == "line 1: '[' without a name and ']'");
  CHECK(error("[]") == "line 1: '[' without a name and ']'");
}

TEST_CASE("shared config: the credentials file has bare names and wins key by key") {
  const auto credentials = parse_shared_config("[prod]\naws_access_key_id = AKIA\nregion = from-credentials\n"
                                               "[profile other]\naws_access_key_id = never\n",
                                               SharedFile::credentials);
  REQUIRE(credentials);
  CHECK(credentials->profiles.size() == 1);
  const auto both = merged(config("[profile prod]\nregion = from-config\noutput = json\n"), *credentials);
  CHECK(value(both, "prod", "region") == "from-credentials");
  CHECK(value(both, "prod", "output") == "json");
  CHECK(value(both, "prod", "aws_access_key_id") == "AKIA");
}
