#include <catch2/catch.hpp>

#include "base/glob.hpp"
#include "base/json_pointer.hpp"
#include "base/secret_reference.hpp"
#include "base/semver.hpp"

using namespace deployctl;

TEST_CASE("semver: the order of section 11 of the specification") {
  const std::vector<std::string> rising = {"0.9.9",      "1.0.0-alpha",  "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                           "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
                                           "v1.0.0",     "1.0.1",        "v1.2.0",        "1.10.0",
                                           "2.0.0"};
  for (std::size_t i = 0; i < rising.size(); ++i)
    for (std::size_t j = 0; j < rising.size(); ++j) {
      const auto left = SemanticVersion::parse(rising[i]);
      const auto right = SemanticVersion::parse(rising[j]);
      REQUIRE(left);
      REQUIRE(right);
      INFO(rising[i] << " and " << rising[j]);
      CHECK((*left <=> *right) == (i <=> j));
    }
  CHECK(*SemanticVersion::parse("1.0.0+a") == *SemanticVersion::parse("v1.0.0+b"));
}

TEST_CASE("semver: what looks like a version but is none") {
  for (const char* text :
       {"", "v", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+", "1.2.3-a_b",
        "latest", "V1.2.3", " 1.2.3", "1.2.3 ", "99999999999999999999.0.0", "-1.0.0"})
    CHECK_FALSE(SemanticVersion::parse(text));
}

TEST_CASE("glob: parts, stars and classes") {
  struct Case {
    const char* pattern;
    const char* name;
    bool matches;
  };
  const Case cases[] = {
      {"src/**", "src/a", true},
      {"src/**", "src/a/b.c", true},
      {"src/**", "src", false},
      {"src/**", "srcs/a", false},
      {"*.toml", "a.toml", true},
      {"*.toml", "x/a.toml", false},
      {"**/*.toml", "a.toml", true},
      {"**/*.toml", "x/y/a.toml", true},
      {"a/**/b", "a/b", true},
      {"a/**/b", "a/x/y/b", true},
      {"a/**/b", "a/x/y/c", false},
      {"**", "anything/at/all", true},
      {"v*", "v1.2.3", true},
      {"v*", "1.2.3", false},
      {"release/*", "release/1", true},
      {"release/*", "release/1/2", false},
      {"?.c", "a.c", true},
      {"?.c", "/.c", false},
      {"[a-c]x", "bx", true},
      {"[!a-c]x", "bx", false},
      {"[!a-c]x", "dx", true},
      {"[]]", "]", true},
      {"[ab", "[ab", true},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"a*b*c", "aXbYc", true},
      {"a*b*c", "aXbY", false},
      {"", "", true},
      {"", "a", false},
      {"**/a/**/b/**", "x/a/y/b/z", true},
  };
  for (const Case& c : cases) {
    INFO(c.pattern << " against " << c.name);
    CHECK(glob_matches(c.pattern, c.name) == c.matches);
  }
}

TEST_CASE("glob: many stars take no time") {
  const std::string name(2000, 'a');
  CHECK_FALSE(glob_matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
  std::string path = "a";
  for (int i = 0; i < 500; ++i) path += "/a";
  CHECK_FALSE(glob_matches("**/a/**/a/**/a/**/a/**/a/**/a/**/b", path));
}

TEST_CASE("secret reference: every scheme's own form is read") {
  for (const SecretScheme& scheme : secret_schemes()) {
    std::string form(scheme.form);
    for (const char* bracketed : {"[#pointer]", "[#key]", "[/version]"})
      if (const auto at = form.find(bracketed); at != std::string::npos) form.erase(at);
    if (const auto at = form.find("#pointer"); at != std::string::npos) form.replace(at, 8, "#/a");
    INFO(form);
    const auto parsed = parse_secret_reference(form);
    REQUIRE(parsed);
    CHECK(parsed->scheme == scheme.name);
    CHECK_FALSE(scheme.help.empty());
  }
}

TEST_CASE("secret reference: the parts of a local one") {
  CHECK(parse_secret_reference("env://A_1")->source == "A_1");

  const auto file = parse_secret_reference("file://~/x.json#/a~1b/0");
  REQUIRE(file);
  CHECK(file->source == "~/x.json");
  CHECK(file->pointer == std::vector<std::string>{"a/b", "0"});

  const auto dotenv = parse_secret_reference("dotenv://config/.env#TOKEN");
  REQUIRE(dotenv);
  CHECK(dotenv->source == "config/.env");
  CHECK(dotenv->key == "TOKEN");

  const auto exec = parse_secret_reference("exec://pass show 'two words' \"a#b\" x''y#/password");
  REQUIRE(exec);
  CHECK(exec->argv == std::vector<std::string>{"pass", "show", "two words", "a#b", "xy"});
  CHECK(exec->pointer == std::vector<std::string>{"password"});

  const auto vault = parse_secret_reference("vault://main/kv/app?provider=vault.main#token");
  REQUIRE(vault);
  CHECK(vault->provider == "vault.main");
  CHECK(vault->key == "token");
}

TEST_CASE("secret reference: mistakes are named, and a value is never echoed") {
  struct Case {
    const char* text;
    const char* message;
  };
  const Case cases[] = {
      {"env://", "names nothing"},
      {"env://A-B", "wants a variable's name, not 'A-B'"},
      {"env://A#x", "takes no '#'"},
      {"file://x#a", "begins with '/'"},
      {"file://x#/a~2", "followed by 0 or 1"},
      {"dotenv://.env", "needs a '#'"},
      {"dotenv://.env#a b", "wants a variable's name after '#'"},
      {"exec://", "names nothing"},
      {"exec://cat 'x", "has no closing '"},
      {"exec:// ", "names no command"},
      {"k8s://a#b", "has 1 parts"},
      {"op://a//b", "has an empty part"},
      {"vault://a/b/c?token=x#k", "knows only '?provider="},
      {"evn://A", "unknown secret scheme 'evn'"},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    const auto parsed = parse_secret_reference(c.text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().cause == Cause::config);
    CHECK_THAT(parsed.error().message, Catch::Contains(c.message));
  }
  CHECK(parse_secret_reference("evn://A").error().help == "a similar scheme exists: 'env'");
  const auto literal = parse_secret_reference("hunter2-sentinel");
  REQUIRE_FALSE(literal);
  CHECK_THAT(literal.error().message + literal.error().help, !Catch::Contains("hunter2"));
}

TEST_CASE("JSON pointer: the examples of RFC 6901") {
  const Value document(Value::Map{{"foo", Value::List{"bar", "baz"}}, {"", 0}, {"a/b", 1}, {"m~n", 8}});
  const auto at = [&](std::string_view text) { return find_at(document, *parse_json_pointer(text)); };
  CHECK(at("") == &document);
  CHECK(*at("/foo/0") == Value("bar"));
  CHECK(*at("/") == Value(0));
  CHECK(*at("/a~1b") == Value(1));
  CHECK(*at("/m~0n") == Value(8));
  CHECK(at("/foo/2") == nullptr);
  CHECK(at("/foo/00") == nullptr);
  CHECK(at("/foo/-") == nullptr);
  CHECK(at("/foo/") == nullptr);
  CHECK(at("/foo/0/x") == nullptr);
  CHECK_FALSE(parse_json_pointer("foo"));
}
