// Files made by the real sops (tests/formats/sops/make).
#include "formats/sops.hpp"

#include <catch2/catch.hpp>

#include "base/json_pointer.hpp"
#include "base/strings.hpp"
#include "formats/shamir.hpp"
#include "golden.hpp"

using namespace deployctl;
using namespace deployctl::formats;

namespace {

const std::filesystem::path folder = "tests/formats/sops";

std::vector<AgeIdentity> keys(const std::vector<std::string>& names) {
  std::vector<AgeIdentity> out;
  for (const std::string& name : names) {
    const auto identities = parse_age_identities(golden::read(folder / (name + ".key")));
    REQUIRE(identities);
    out.insert(out.end(), identities->begin(), identities->end());
  }
  return out;
}

Result<std::string> value(const std::string& text, SopsFormat format, const std::string& pointer,
                          const std::vector<AgeIdentity>& identities) {
  DEPLOYCTL_TRY(const SopsFile file, parse_sops(text, format));
  DEPLOYCTL_TRY(const Secret key, open_sops_data_key(file, identities));
  return open_sops_value(file, key, parse_json_pointer(pointer).value());
}

// The value, or "error: " and why there is none.
std::string shown(const std::string& text, const std::string& name, const std::string& pointer,
                  const std::vector<std::string>& who = {"one"}) {
  const auto result = value(text, sops_format(name), pointer, keys(who));
  return result ? *result : "error: " + result.error().message;
}

std::string in_file(const std::string& name, const std::string& pointer,
                    const std::vector<std::string>& who = {"one"}) {
  return shown(golden::read(folder / name), name, pointer, who);
}

std::string recipient(const std::string& name) {
  return shown_recipient(keys({name}).front());
}

std::string edited(const std::string& name, std::string_view from, std::string_view to) {
  const std::string text = golden::read(folder / name);
  REQUIRE(text.find(from) != std::string::npos);
  return replace_all(text, from, to);
}

} // namespace

TEST_CASE("sops: every value of a file made by sops") {
  struct Case {
    std::string file;
    std::string pointer;
    std::string gives;
  };
  const auto c = GENERATE(values<Case>({
      {"values.yaml", "/db/user", "app"},
      {"values.yaml", "/db/password", "correct horse: \"battery\""},
      {"values.yaml", "/db/port", "5432"},
      {"values.yaml", "/db/ratio", "0.25"},
      {"values.yaml", "/db/huge", "1000000000000000000000"},
      {"values.yaml", "/db/tls", "true"},
      {"values.yaml", "/db/empty", ""},
      {"values.yaml", "/db/note", "one line\nanother, with ünïcödé\n"},
      {"values.yaml", "/hosts/0/token", "token-of-the-first"},
      {"values.yaml", "/hosts/1/token", "token-of-the-second"},
      {"values.yaml", "/hosts/2/1/1", "-7"},
      {"values.yaml", "/plain_unencrypted/text", "seen by all"},
      {"values.yaml", "/plain_unencrypted/on", "false"},
      {"values.yaml", "/12", "number as key"},
      {"values.json", "/db/password", "päss \"word\" / 😀"},
      {"values.json", "/db/port", "5432"},
      {"values.json", "/db/ratio", "0.1"},
      {"values.json", "/flags/1", "false"},
      {"values.json", "/flags/3/1/y", "why"},
      {"values.json", "/count_clear", "3.5"},
      {"values.env", "/DB_PASSWORD", "hunter2 # not a comment"},
      {"values.env", "/MULTI", "one\ntwo"},
      {"values.env", "/EMPTY", ""},
      {"values.env", "/QUOTED", "\"kept as it is\""},
      {"values.env", "/NAME_unencrypted", "plain"},
      {"values.ini", "/DEFAULT/top", "level"},
      {"values.ini", "/db/password", "pa=ss:word"},
      {"values.ini", "/db/quoted", "in quotes"},
      {"values.ini", "/db/hash", "a # b ; c"},
      {"values.ini", "/other section/key_unencrypted", "plain"},
      {"values.bin", "/data", std::string("any bytes\0\1\2\n", 13)},
      {"regex.yaml", "/web/password", "only this"},
      {"regex.yaml", "/web/nested/token/inside", "everything below"},
      {"regex.yaml", "/web/octal", "15"},
      {"only_encrypted.yaml", "/password", "may not change"},
      {"suffix.yaml", "/key_secret", "only this"},
      {"plain_regex.yaml", "/key", "only this"},
  }));
  INFO(c.file << " " << c.pointer);
  CHECK(in_file(c.file, c.pointer) == c.gives);
}

TEST_CASE("sops: what is not there, or is no single value") {
  CHECK(in_file("values.yaml", "/db/host") == "error: it has nothing at '#/db/host'");
  CHECK(in_file("values.yaml", "/db/nothing") == "error: it has nothing at '#/db/nothing'");
  CHECK(in_file("values.yaml", "/db") == "error: it has no single value at '#/db'");
  CHECK(in_file("values.yaml", "/hosts/3") == "error: it has nothing at '#/hosts/3'");
  CHECK(in_file("values.yaml", "/sops/mac") == "error: it has nothing at '#/sops/mac'");
  CHECK(shown("password: hunter2\n", "plain.yaml", "/password") ==
        "error: it is not encrypted: there is no metadata of SOPS in it");
  CHECK(shown("{\"a\": 1", "plain.json", "/a") == "error: the JSON text has no JSON at byte 7");
  CHECK(shown("{\"a\": 1, \"a\": 2}", "plain.json", "/a") == "error: the key 'a' comes twice in one object");
  CHECK(shown("A=1\nB\n", "plain.env", "/A") == "error: line 2: '=' is missing");
  CHECK_THAT(shown("a: [s3cret\n", "plain.yaml", "/a"), !Catch::Contains("s3cret"));
}

TEST_CASE("sops: who has another key is told the recipients and what was tried") {
  const auto result = value(golden::read(folder / "two.yaml"), SopsFormat::yaml, "/password", keys({"one"}));
  REQUIRE_FALSE(result);
  CHECK(result.error().cause == Cause::auth);
  CHECK(result.error().message == "no identity fits: its recipients are " + recipient("two") + ", " +
                                      recipient("three") + ", tried " + recipient("one"));
  CHECK(in_file("two.yaml", "/password", {"three"}) == "for two");
  CHECK(in_file("two.yaml", "/password", {"one", "two"}) == "for two");
}

TEST_CASE("sops: key groups need as many shares as their threshold") {
  CHECK(in_file("groups.yaml", "/password", {"one", "two"}) == "shared");
  CHECK(in_file("groups.yaml", "/password", {"three", "one"}) == "shared");
  CHECK(in_file("groups.yaml", "/password", {"one", "two", "three"}) == "shared");
  CHECK_THAT(in_file("groups.yaml", "/password", {"two"}),
             Catch::StartsWith("error: no identity fits (1 of 3 groups of keys opened, 2 needed)"));
}

TEST_CASE("sops: shares that do not fit together give nothing") {
  CHECK_FALSE(combine_shares(std::vector<std::string>{}));
  CHECK_FALSE(combine_shares(std::vector<std::string>{"a\x01", "bb\x02"}));
  CHECK_FALSE(combine_shares(std::vector<std::string>{"a\x01", "b\x01"}));
  CHECK_FALSE(combine_shares(std::vector<std::string>{std::string("a\0", 2), "b\x01"}));
  CHECK(combine_shares(std::vector<std::string>{"k\x05"}) == "k");
}

TEST_CASE("sops: no line of the data can be removed, doubled or exchanged unnoticed") {
  for (const std::string name : {"values.yaml", "values.env", "values.ini"}) {
    const std::string text = golden::read(folder / name);
    const auto lines = split(text, '\n');
    const std::string wanted = name == "values.yaml"  ? "/db/user"
                               : name == "values.env" ? "/DB_PASSWORD"
                                                      : "/db/user";
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::string line(trim(lines[i]));
      if (line.starts_with("sops") || line == "[sops]") break;
      // No value: comments, which are encrypted and not authenticated, keys of maps, null, empty.
      const bool has_value =
          line.find("ENC[") != std::string::npos || line.find("unencrypted") != std::string::npos;
      if (line.starts_with('#') || line.starts_with(';') || line.ends_with(':') || !has_value) continue;
      INFO(name << " line " << i + 1);
      std::string without;
      std::string twice;
      for (std::size_t other = 0; other < lines.size(); ++other) {
        const std::string whole = std::string(lines[other]) + "\n";
        if (other != i) without += whole;
        twice += other == i ? whole + whole : whole;
      }
      CHECK_THAT(shown(without, name, wanted), Catch::StartsWith("error: "));
      CHECK_THAT(shown(twice, name, wanted), Catch::StartsWith("error: "));
    }
  }
}

TEST_CASE("sops: alterations are refused and named") {
  constexpr std::string_view wrong_code =
      "error: its authentication code (sops.mac) does not fit: values were "
      "added, removed, reordered or altered without sops";
  CHECK(shown(edited("values.yaml", "seen by all", "seen by none"), "a.yaml", "/db/user") == wrong_code);
  CHECK(shown(edited("values.yaml", "count: 12", "count: 13"), "a.yaml", "/db/user") == wrong_code);
  CHECK(shown(edited("values.json", "\"seen\"", "\"unseen\""), "a.json", "/db/user") == wrong_code);
  CHECK(shown(edited("values.yaml", "    user: ENC", "    name: ENC"), "a.yaml", "/db/port") ==
        "error: the value at '#/db/name' was altered, or moved there from elsewhere");
  CHECK(shown(edited("values.yaml", "    empty: \"\"", "    empty: inserted"), "a.yaml", "/db/port") ==
        "error: the value at '#/db/empty' should be encrypted and is not");
  CHECK(shown(edited("values.yaml", "lastmodified: \"2", "lastmodified: \"3"), "a.yaml", "/db/port") ==
        "error: its authentication code (sops.mac) or sops.lastmodified was altered");
  CHECK(shown(edited("values.yaml", "    mac: ENC", "    cam: ENC"), "a.yaml", "/db/port") ==
        "error: it has no authentication code (sops.mac with sops.lastmodified)");
  CHECK_THAT(shown(edited("values.yaml", "-----BEGIN AGE ENCRYPTED FILE-----\n            Y",
                          "-----BEGIN AGE ENCRYPTED FILE-----\n            Z"),
                   "a.yaml", "/db/port"),
             Catch::StartsWith("error: the data key for " + recipient("one") + ": header, line 1: "));
}

TEST_CASE("sops: what mac_only_encrypted leaves open may change, the rest may not") {
  CHECK(shown(edited("only_encrypted.yaml", "may change", "has changed"), "a.yaml", "/password") ==
        "may not change");
  CHECK_THAT(shown(edited("only_encrypted.yaml", "mac_only_encrypted: true", "mac_only_encrypted: false"),
                   "a.yaml", "/password"),
             Catch::StartsWith("error: its authentication code"));
}

TEST_CASE("sops: numbers without exponent, in the shortest form") {
  CHECK(sops_number(3.5) == "3.5");
  CHECK(sops_number(1e21) == "1000000000000000000000");
  CHECK(sops_number(-0.1) == "-0.1");
  CHECK(sops_number(5e-324).size() == 326);
  CHECK(sops_number(1.7976931348623157e308).size() == 309);
}
