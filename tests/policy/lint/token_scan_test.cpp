#include <catch2/catch.hpp>

#include "base/encode.hpp"
#include "formats/bech32.hpp"
#include "policy/lint/secrets.hpp"
#include "policy/lint/token_checks.hpp"

using namespace deployctl;
using namespace deployctl::policy;

namespace {

// Tokens are put together here, so that no other scanner takes this file for a leak.
std::string joined(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

const std::string hex64 = "9f2c47ab10de83c56b7a90e4f1d2c3b85a6e7f081923ab4c5d6e7f80912a3b4c";

std::vector<lint::FoundSecret> scan(std::string_view text) {
  static auto scanner = lint::SecretScanner::compile();
  REQUIRE(scanner);
  return scanner->scan(text);
}

std::string kinds_in(std::string_view text) {
  std::string out;
  for (const lint::FoundSecret& each : scan(text)) out += (out.empty() ? "" : " ") + std::string(each.kind);
  return out;
}

} // namespace

TEST_CASE("lint tokens: the table compiles, names are unique, every form can be found by a marker") {
  REQUIRE(lint::TokenScanner::compile());
  CHECK(lint::token_shapes().size() >= 37);
  for (const lint::TokenShape& shape : lint::token_shapes()) {
    INFO(shape.name);
    CHECK(lint::find_token_shape(shape.name) == &shape);
    CHECK_FALSE(shape.markers.empty());
    CHECK(Pattern::compile(shape.form));
    CHECK(lint::find_rule(shape.rule) != nullptr);
  }
}

TEST_CASE("lint tokens: the checksum of a GitHub token tells a real one from a made-up one") {
  const std::string real = joined({"gh", "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"});
  CHECK(kinds_in("token: " + real) == "github-token");
  CHECK(kinds_in("git clone https://" + real + "@example.org/x") == "github-token");
  const std::string made_up = joined({"gh", "p_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq18"});
  CHECK(kinds_in("url: " + made_up).empty());
  CHECK(kinds_in("x" + real).empty());
  CHECK(kinds_in(real + "x").empty());
}

TEST_CASE("lint tokens: an AWS key id tells its account") {
  const auto found = scan(joined({"id = AK", "IAY34FZKBOKMUTVV7A"}));
  REQUIRE(found.size() == 1);
  CHECK(found[0].kind == "aws-access-key-id");
  CHECK(found[0].what == "an AWS access key id of the account 609629065308");
  CHECK(kinds_in(joined({"AK", "IAIOSFODNN7EXAMPLE"})).empty());
}

TEST_CASE("lint tokens: an age identity has a checksum") {
  std::string identity =
      formats::to_bech32("age-secret-key-", std::string(8, 'k') + "9aR.1xZq77-Lm0pVw_tB3s(d");
  for (char& c : identity) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  CHECK(kinds_in("# created\n" + identity + "\n") == "age-identity");
  identity.back() = identity.back() == 'Q' ? 'P' : 'Q';
  CHECK(kinds_in(identity).empty());
}

TEST_CASE("lint tokens: a JSON web token decodes, others that look so do not count") {
  const std::string header = to_base64_url(R"({"alg":"HS256","typ":"JWT"})");
  const std::string claims = to_base64_url(R"({"sub":"deploy","iat":1700000000})");
  const std::string signature = to_base64_url("0123456789abcdefghijklmnopqrstuv");
  CHECK(kinds_in("t: " + header + "." + claims + "." + signature) == "jwt");
  CHECK(kinds_in("t: " + header + "." + header.substr(0, 19) + "!." + signature).empty());
  const std::string demonstration =
      to_base64_url(R"({"sub":"1234567890","name":"John Doe","iat":1516239022})");
  CHECK(kinds_in("t: " + header + "." + demonstration + "." + signature).empty());
}

TEST_CASE("lint tokens: private keys in every way they are written") {
  std::string der("\x30\x82\x04\xa4\x02\x01", 6);
  for (int i = 0; i < 150; ++i) der += static_cast<char>(i * 37 % 251);
  const std::string body = to_base64(der);
  const std::string head = joined({"-----BEGIN RSA PRIV", "ATE KEY-----"});
  const std::string tail = joined({"-----END RSA PRIV", "ATE KEY-----"});
  CHECK(kinds_in(head + "\n" + body.substr(0, 64) + "\n" + body.substr(64) + "\n" + tail + "\n") ==
        "private-key");
  CHECK(kinds_in("key: |\n  " + head + "\n  " + body.substr(0, 64) + "\n  " + body.substr(64) + "\n  " +
                 tail) == "private-key");
  CHECK(kinds_in("KEY=\"" + head + "\\n" + body + "\\n" + tail + "\\n\"") == "private-key");
  CHECK(kinds_in(head + "\n...\n" + tail).empty());
  CHECK(kinds_in("grep -q '" + head + "' key").empty());
  const auto locked =
      scan(head + "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB\n\n" + body + "\n" + tail);
  REQUIRE(locked.size() == 1);
  CHECK(locked[0].severity == Severity::warning);
}

TEST_CASE("lint tokens: a password in a URL, not one that stands elsewhere") {
  CHECK(kinds_in("postgres://app:Zk81-qPwv@db/app") == "url-password");
  CHECK(kinds_in("amqp://svc:9xLw%2Fq0Z@mq:5672/") == "url-password");
  CHECK(kinds_in("postgres://app:${DB_PASSWORD}@db/app").empty());
  CHECK(kinds_in("postgres://app:$DB_PASSWORD@db/app").empty());
  CHECK(kinds_in("postgres://postgres:postgres@db/app").empty());
  CHECK(kinds_in("https://user:password@example.com").empty());
  CHECK(kinds_in("https://example.com:8080/a@b").empty());
}

TEST_CASE("lint tokens: forms of services") {
  CHECK(kinds_in("DIGITALOCEAN=" + joined({"dop_", "v1_"}) + hex64) == "digitalocean-token");
  CHECK(kinds_in(joined({"sk_", "live_"}) + "4fQ9zLw82KdPx7Vt") == "stripe-key");
  const auto test_key = scan(joined({"sk_", "test_"}) + "4fQ9zLw82KdPx7Vt");
  REQUIRE(test_key.size() == 1);
  CHECK(test_key[0].severity == Severity::warning);
  CHECK(kinds_in(joined({"Ab1", "2Q", "~"}) + "x9Kd.fQ2~zLw82KdPx7Vt_4fQ9zLw82Kd" + "P") ==
        "azure-client-secret");
  CHECK(kinds_in("\"auth\": \"" + to_base64("robot:9xLwQq0Zp71") + "\"") == "docker-auth");
  CHECK(kinds_in("\"auth\": \"" + to_base64("no colon here at all") + "\"").empty());
  CHECK(kinds_in("JSON: \"\\n" + joined({"dop_", "v1_"}) + hex64 + "\"") == "digitalocean-token");
}

TEST_CASE("lint tokens: what stands in place of one is none") {
  CHECK(kinds_in(joined({"gl", "pat-"}) + "xxxxxxxxxxxxxxxxxxxx").empty());
  CHECK(kinds_in(joined({"sk_", "live_"}) + "your_key_here").empty());
  CHECK(kinds_in(joined({"https://hooks.sl", "ack.com/services/"}) +
                 "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX")
            .empty());
}

TEST_CASE("lint tokens: a Kubernetes secret, not one that is encrypted or a template") {
  const std::string secret =
      "kind: Secret\napiVersion: v1\ndata:\n  password: " + to_base64("9xLwQq0Zp71") + "\n";
  CHECK(kinds_in(secret) == "kubernetes-secret");
  CHECK(kinds_in("kind: ConfigMap\ndata: { a: b }\n---\n" + secret) == "kubernetes-secret");
  CHECK(kinds_in("kind: Secret\nstringData: { password: \"${PASSWORD}\" }\n").empty());
  CHECK(kinds_in("kind: Secret\nsops: { mac: x }\nstringData: { password: "
                 "\"ENC[AES256_GCM,data:9xLwQq0Zp71,type:str]\" }\n")
            .empty());
}

TEST_CASE("lint tokens: places are bytes of the text, and what is shown keeps them") {
  const std::string text = "a\nb: " + joined({"dop_", "v1_"}) + hex64 + " # c\n";
  const auto found = scan(text);
  REQUIRE(found.size() == 1);
  CHECK(found[0].begin == 5);
  CHECK(found[0].end == 5 + 7 + 64);
  const std::string shown = struck_out(text, found);
  CHECK(shown.size() == text.size());
  CHECK(shown.substr(0, 13) == "a\nb: dop_****");
  CHECK(shown.find(hex64) == std::string::npos);
  CHECK(shown.substr(shown.size() - 8) == "*4c # c\n");
}
