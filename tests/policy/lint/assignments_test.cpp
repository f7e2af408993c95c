#include <catch2/catch.hpp>

#include "policy/lint/assignments.hpp"
#include "policy/lint/randomness.hpp"

using namespace deployctl;
using namespace deployctl::policy;

namespace {

const std::string generated = "9fKq2LwZ81mVx0PdRt37";

std::string value_in(const std::string& text) {
  static const auto scanner = lint::AssignmentScanner::compile();
  REQUIRE(scanner);
  const auto found = scanner->scan(text);
  if (found.empty()) return {};
  CHECK(found.size() == 1);
  return text.substr(found[0].begin, found[0].end - found[0].begin);
}

} // namespace

TEST_CASE("lint assignments: a generated value behind the name of a secret, in every notation") {
  for (const std::string text :
       {"API_KEY=@", "export API_KEY='@'", "api_key: @", "apiKey: \"@\"", "\"apiKey\": \"@\",",
        "db.password = @", "--auth-token=@ --verbose", "secret := \"@\"", "PASSWORD => '@'",
        "- name: DB_PASSWORD\n  value: @\n", "- name: \"DB_PASSWORD\"\n  value: \"@\"\n"}) {
    INFO(text);
    const std::size_t at = text.find('@');
    CHECK(value_in(text.substr(0, at) + generated + text.substr(at + 1)) == generated);
  }
}

TEST_CASE("lint assignments: names that speak about a secret and are none") {
  for (const std::string name : {"PASSWORD_FILE", "TOKEN_URL", "secretName", "public_key", "password_policy",
                                 "tokenizer", "SECRET_ARN", "csrf_token", "access_key_id", "TOKEN_TTL"})
    CHECK(value_in(name + "=" + generated).empty());
}

TEST_CASE("lint assignments: values that are references, placeholders, words, paths or expressions") {
  for (const std::string value :
       {"${DB_PASSWORD}", "$DB_PASSWORD", "{{ vault.password }}", "%PASSWORD%", "<your-password>",
        "changeme-please-1", "/run/secrets/db_password", "my-production-secret", "kodex-db-credentials-v2",
        "xxxxxxxxxxxxxxxxxxxx", "vault:kv/data/app#password", "os.environ['TOKEN']", "correct-horse-battery",
        "secrets.GITHUB_TOKEN", "aws-sm://prod/db", "0000000000000000", "example-9fKq2LwZ81",
        "applicationSecretName"}) {
    INFO(value);
    CHECK(value_in("PASSWORD=" + value).empty());
  }
  CHECK(value_in("password: short1A").empty());
  CHECK(value_in("PASSWORD=\nOTHER=" + generated).empty());
}

TEST_CASE("lint assignments: entropy is that of Shannon") {
  CHECK(lint::entropy_of("") == 0);
  CHECK(lint::entropy_of("aaaa") == 0);
  CHECK(lint::entropy_of("abcd") == Approx(2));
  CHECK(lint::entropy_of("0123456789abcdef") == Approx(4));
}
