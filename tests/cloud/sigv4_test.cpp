#include "cloud/aws/sigv4.hpp"

#include <catch2/catch.hpp>

#include "base/body.hpp"
#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "vectors.hpp"

using namespace deployctl;
using namespace deployctl::aws;

namespace {

Secret secret_of(const std::string& bytes) {
  return Secret::reference("aws").resolved_with(bytes);
}

std::string bytes_of(const Text& text) {
  return text.plain() ? *text.plain() : std::string(text.secret()->reveal());
}

const std::string& text_at(const Value& value, const std::string& path) {
  const Value* found = value.find_path(path);
  REQUIRE(found);
  REQUIRE(found->text());
  return *found->text();
}

bool is_on(const Value& context, const std::string& key) {
  const Value* found = context.find(key);
  return found && found->get<bool>() && *found->get<bool>();
}

// "GET /path?query HTTP/1.1", headers, a blank line, the body. A line that begins with a blank goes on with
// the header above it.
struct Written {
  SignableRequest request;
  std::string body;
};

Written read_request(const std::string& text) {
  Written out;
  const std::size_t end = text.find("\n\n");
  const std::string head = text.substr(0, end);
  if (end != std::string::npos) out.body = text.substr(end + 2);
  const auto lines = split(head, '\n');
  const std::string_view first = lines.front();
  const std::size_t space = first.find(' '), last = first.rfind(' ');
  out.request.method = std::string(first.substr(0, space));
  const std::string target(first.substr(space + 1, last - space - 1));
  out.request.path = target.substr(0, target.find('?'));
  if (const std::size_t query = target.find('?'); query != std::string::npos)
    out.request.query = target.substr(query + 1);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    if (lines[i].front() == ' ') {
      auto& value = out.request.headers.back().second;
      value = Text(*value.plain() + "\n" + std::string(lines[i]));
      continue;
    }
    const std::size_t colon = lines[i].find(':');
    out.request.headers.emplace_back(std::string(lines[i].substr(0, colon)),
                                     std::string(lines[i].substr(colon + 1)));
  }
  return out;
}

// A vector's members have names such as "header-signature.txt", which are no paths.
std::string part(const Value::Map& files, const std::string& name) {
  const auto found = files.find(name);
  REQUIRE(found != files.end());
  return *found->second.text();
}

void check_vector(const Value::Map& files) {
  const Value& context = files.at("context.json");
  Credentials credentials{.access_key_id = text_at(context, "credentials.access_key_id"),
                          .secret_access_key = secret_of(text_at(context, "credentials.secret_access_key"))};
  if (const Value* token = context.find_path("credentials.token"))
    credentials.session_token = secret_of(*token->text());
  Written written = read_request(part(files, "request.txt"));
  const bool sign_body = is_on(context, "sign_body");
  written.request.payload_hash = body_sha256(sign_body ? written.body : "").value();
  const Signing signing{
      .credentials = credentials,
      .scope = {.region = text_at(context, "region"), .service = text_at(context, "service")},
      .time = parse_time(text_at(context, "timestamp")).value(),
      .path = {.normalize = is_on(context, "normalize")},
      .token_is_signed = !is_on(context, "omit_session_token"),
      .with_payload_hash = sign_body};

  const auto headers = sign_headers(written.request, signing);
  REQUIRE(headers);
  CHECK(bytes_of(headers->canonical.text) == part(files, "header-canonical-request.txt"));
  CHECK(headers->string_to_sign == part(files, "header-string-to-sign.txt"));
  CHECK(headers->signature == part(files, "header-signature.txt"));
  for (const auto& [name, value] : headers->headers) {
    INFO(name);
    CHECK_THAT(part(files, "header-signed-request.txt"),
               Catch::Contains(name + ":" + bytes_of(value), Catch::CaseSensitive::No));
  }

  const std::chrono::seconds valid(*context.find("expiration_in_seconds")->get<std::int64_t>());
  const auto query = sign_query(written.request, signing, valid);
  REQUIRE(query);
  CHECK(bytes_of(query->canonical.text) == part(files, "query-canonical-request.txt"));
  CHECK(query->string_to_sign == part(files, "query-string-to-sign.txt"));
  CHECK(query->signature == part(files, "query-signature.txt"));
  CHECK(bytes_of(query->query).ends_with("&X-Amz-Signature=" + query->signature));
}

const Credentials example{.access_key_id = "AKIDEXAMPLE",
                          .secret_access_key = secret_of("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")};

} // namespace

TEST_CASE("sigv4: every published vector, as headers and as a query") {
  const auto text = tests::read_vectors("sigv4.json");
  if (!text) return;
  const Value vectors = parse_json(*text, JsonMode::plain).value();
  const Value::Map& cases = *vectors.find("cases")->map();
  CHECK(cases.size() >= 38);
  for (const auto& [name, files] : cases) {
    INFO(name);
    check_vector(*files.map());
  }
}

TEST_CASE("sigv4: S3 signs a path as it is sent, others a normalised one encoded again") {
  const PathRules s3{.normalize = false, .encode = false};
  CHECK(canonical_path("/a%20b//../c", s3) == "/a%20b//../c");
  CHECK(canonical_path("", s3) == "/");
  CHECK(canonical_path("/a%20b//../c", {}) == "/c");
  CHECK(canonical_path("/functions/arn%3Aaws", {}) == "/functions/arn%253Aaws");
  CHECK(canonical_path("/a/./b/../c/", {}) == "/a/c/");
  CHECK(canonical_path("/../..", {}) == "/");
  CHECK(canonical_path("", {}) == "/");
}

TEST_CASE("sigv4: a query is sorted by its encoded names, then values, and a name alone gets its sign") {
  const auto canonical = [](std::string_view query) { return *query_text(canonical_query(query))->plain(); };
  CHECK(canonical("b=2&a=1&a=0&c") == "a=0&a=1&b=2&c=");
  CHECK(canonical("k=a+b&l=a%20b&m=a b") == "k=a%2Bb&l=a%20b&m=a%20b");
  CHECK(canonical("u=100%&&") == "u=100%25");
  CHECK(canonical("arn=arn:aws:x%2fy") == "arn=arn%3Aaws%3Ax%2Fy");
  CHECK(canonical("").empty());
}

TEST_CASE("sigv4: headers that the way changes are not signed") {
  const SignableRequest request{.method = "GET",
                                .path = "/",
                                .headers = {{"Host", "h"},
                                            {"User-Agent", "deployctl"},
                                            {"Expect", ""},
                                            {"amz-sdk-request", "attempt=1"},
                                            {"X-Amz-Meta-Test-Two", "2"},
                                            {"X-Amz-Meta-Test", "1"}},
                                .payload_hash = std::string(unsigned_payload)};
  const auto made = sign_headers(request, {.credentials = example, .scope = {"eu-north-1", "s3"}});
  REQUIRE(made);
  CHECK(made->canonical.signed_headers == "host;x-amz-date;x-amz-meta-test;x-amz-meta-test-two");
  CHECK_THAT(*made->canonical.text.plain(), Catch::EndsWith("\nUNSIGNED-PAYLOAD"));
}

TEST_CASE("sigv4: a session token and what holds it stay secret, the signature does not") {
  Credentials credentials = example;
  credentials.session_token = secret_of("session-token-bytes");
  const SignableRequest request{.method = "POST", .path = "/", .headers = {{"Host", "h"}}};
  const Signing signing{.credentials = credentials, .scope = {"eu-north-1", "ssm"}};
  const auto headers = sign_headers(request, signing);
  REQUIRE(headers);
  CHECK_FALSE(headers->canonical.text.plain());
  for (const auto& [name, value] : headers->headers)
    CHECK((value.plain() == nullptr) == (name == "X-Amz-Security-Token"));
  const auto query = sign_query(request, signing, std::chrono::seconds(60));
  REQUIRE(query);
  CHECK_FALSE(query->query.plain());
}

TEST_CASE("sigv4: a key is derived once a day, region and service, and gives the same signature") {
  SigningKeys keys;
  const WallTime noon = parse_time("2026-03-01T12:00:00Z").value();
  const SignableRequest request{.method = "GET", .path = "/", .headers = {{"Host", "h"}}};
  const auto signature = [&](const std::string& region, WallTime time, SigningKeys* cache) {
    return sign_headers(request,
                        {.credentials = example, .scope = {region, "sts"}, .time = time, .keys = cache})
        ->signature;
  };
  for (int round = 0; round < 2; ++round)
    for (const char* region : {"eu-north-1", "us-east-1"})
      for (const auto day : {0, 1}) {
        const WallTime time = noon + std::chrono::hours(24 * day);
        CHECK(signature(region, time, &keys) == signature(region, time, nullptr));
      }
}

TEST_CASE("sigv4: a secret without value cannot sign") {
  const Credentials none{.access_key_id = "A", .secret_access_key = Secret::reference("aws")};
  const auto made = sign_headers({.method = "GET", .path = "/"}, {.credentials = none, .scope = {"r", "s"}});
  REQUIRE_FALSE(made);
  CHECK(made.error().cause == Cause::internal);
}
