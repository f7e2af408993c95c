#include "base/redactor.hpp"

#include <random>

#include <catch2/catch.hpp>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "redactor_oracle.hpp"
#include "secret_encodings.hpp"

using namespace deployctl;

namespace {

using Chunks = std::mt19937;

Maskable add(RedactionSet& set, const std::string& name, std::string_view value) {
  return set.add(Secret::reference(name).resolved_with(value));
}

std::string in_chunks(const RedactionSet& set, const std::string& text, Chunks& random, std::size_t longest) {
  Redactor redactor(set);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = std::uniform_int_distribution<std::size_t>(1, longest)(random);
    out += redactor.feed(std::string_view(text).substr(at, size));
    at += size;
  }
  return out + redactor.finish();
}

const std::string pem_key = "-----BEGIN PRIVATE KEY-----\n"
                            "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\n"
                            "OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r\n"
                            "1RTw\n"
                            "-----END PRIVATE KEY-----\n";
const std::string json_document =
    R"({"user":"deployer","password":"S3cr3t/With\"Quote","nested":{"keys":["first-key-0001"]}})";

// The sentinels of the field notes: each with pieces that must never be seen, whatever surrounds or encodes
// them.
struct Sentinel {
  std::string name;
  std::string value;
};
const std::vector<Sentinel> sentinels = {
    {"pem", pem_key},
    {"document", json_document},
    {"eight", "hunter22"},
    {"unicode", "pässwörd-日本語-🔑-end"},
    {"quotes", "it's \"all\"\n<b>&\\ $HOME `id` 'fine'"},
    {"url", "p@ss/w:rd?with=all&the%stuff+1"},
};

std::string coloured(const std::string& text, Chunks& random) {
  std::string out;
  for (const char byte : text) {
    if (random() % 5 == 0) out += random() % 2 == 0 ? "\x1b[1;31m" : "\x1b[0m";
    out += byte;
  }
  return out + "\x1b[0m";
}

// What is left of the text once the marks are taken out.
std::string unmasked(std::string text, const std::string& name) {
  return replace_all(text, "[secret:" + name + "]", "\x01");
}

std::string without_colours(const std::string& text) {
  return replace_all(replace_all(text, "\x1b[1;31m", ""), "\x1b[0m", "");
}

// The longest piece of `encoded` that still stands in `text`.
std::size_t longest_leak(const std::string& encoded, const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t at = 0; at < encoded.size(); ++at)
    while (at + longest < encoded.size() && text.find(encoded.substr(at, longest + 1)) != std::string::npos)
      ++longest;
  return longest;
}

} // namespace

TEST_CASE("redactor: a secret becomes its name") {
  RedactionSet set;
  CHECK(add(set, "token", "hunter22") == Maskable::anywhere);
  CHECK(set.redact("login with hunter22!") == "login with [secret:token]!");
  CHECK(set.redact("xhunter22x hunter22") == "x[secret:token]x [secret:token]");
  CHECK(set.redact("hunter2 stays") == "hunter2 stays");
  CHECK(set.redact("").empty());
}

TEST_CASE("redactor: short secrets only on boundaries, shorter ones and common words not at all") {
  RedactionSet set;
  CHECK(add(set, "pin", "abc1") == Maskable::on_boundaries);
  CHECK(set.redact("pin=abc1, abc12 xabc1 \"abc1\" abc1") ==
        "pin=[secret:pin], abc12 xabc1 \"[secret:pin]\" [secret:pin]");
  CHECK(add(set, "odd", "!b2!") == Maskable::on_boundaries);
  CHECK(set.redact("x!b2!y") == "x[secret:odd]y");
  CHECK(add(set, "tiny", "abc") == Maskable::too_short);
  CHECK(add(set, "word", "Admin") == Maskable::common_word);
  CHECK(add(set, "port", "5432") == Maskable::common_word);
  CHECK(set.add(Secret::reference("open")) == Maskable::too_short);
  CHECK(set.redact("abc admin Admin 5432") == "abc admin Admin 5432");
}

TEST_CASE("redactor: only what may begin a secret is held back") {
  RedactionSet set;
  add(set, "token", "hunter22");
  Redactor redactor(set);
  CHECK(redactor.feed("hello hun") == "hello ");
  CHECK(redactor.feed("dred hu") == "hundred ");
  CHECK(redactor.feed("nter22") == "[secret:token]");
  CHECK(redactor.feed(" bye") == " bye");
  CHECK(redactor.finish().empty());
}

TEST_CASE("redactor: at the end a held half is masked, less is let go") {
  RedactionSet set;
  add(set, "token", "correct-horse-battery");
  CHECK(set.redact("x correct-horse") == "x [secret:token]");
  CHECK(set.redact("x correct") == "x correct"); // 7 of 21 bytes and below half
}

TEST_CASE("redactor: overlapping secrets become one mark, named after the first") {
  RedactionSet set;
  add(set, "long", "alpha-beta-gamma");
  add(set, "short", "beta-gam");
  add(set, "next", "gamma-delta");
  CHECK(set.redact("alpha-beta-gamma") == "[secret:long]");
  CHECK(set.redact("alpha-beta-gamma-delta.") == "[secret:long].");
  CHECK(set.redact("x beta-gamma-delta.") == "x [secret:short].");
}

TEST_CASE("redactor: a secret added while a stream runs is masked from the next chunk on") {
  RedactionSet set;
  add(set, "first", "hunter22");
  Redactor redactor(set);
  CHECK(redactor.feed("second-secret hunt") == "second-secret ");
  add(set, "second", "hunt-the-wumpus");
  CHECK(redactor.feed("-the-wumpus.") == "[secret:second].");
  CHECK(redactor.feed("hunter22.") == "[secret:first].");
}

TEST_CASE("redactor: a secret without a name is masked all the same") {
  RedactionSet set;
  set.add(Secret().resolved_with("runtime-token-1"));
  CHECK(set.redact("runtime-token-1") == "[secret]");
}

TEST_CASE("redactor: base64 keeps every character that only the secret decides") {
  CHECK(to_base64("hunter22") == "aHVudGVyMjI=");
  CHECK(inner_base64("hunter22", 0, false) == "aHVudGVyMj");
  CHECK(to_base64("ahunter22") == "YWh1bnRlcjIy");
  CHECK(inner_base64("hunter22", 1, false) == "h1bnRlcjIy");
  CHECK(to_base64("abhunter22c") == "YWJodW50ZXIyMmM=");
  CHECK(inner_base64("hunter22", 2, false) == "odW50ZXIyM");
  CHECK(inner_base64("\xfb\xff\xbf", 0, false) == "+/+/");
  CHECK(inner_base64("\xfb\xff\xbf", 0, true) == "-_-_");
  CHECK(inner_base64("", 1, false).empty());
}

TEST_CASE("redactor: a line of a secret is masked alone, its fence is not") {
  RedactionSet set;
  add(set, "pem", pem_key);
  CHECK(set.redact("-----BEGIN PRIVATE KEY-----") == "-----BEGIN PRIVATE KEY-----");
  CHECK(set.redact("1RTw") == "[secret:pem]");
  CHECK(set.redact(pem_key) == "[secret:pem]");
  CHECK(set.redact("  " + replace_all(pem_key, "\n", "\r\n  ")).find("MIGHAgEA") == std::string::npos);
}

TEST_CASE("redactor: a document's leaves are masked, its punctuation is not") {
  RedactionSet set;
  add(set, "document", json_document);
  CHECK(set.redact("{ \"a\": 1 }") == "{ \"a\": 1 }");
  CHECK(set.redact("pw S3cr3t/With\"Quote, key first-key-0001") ==
        "pw [secret:document], key [secret:document]");
}

TEST_CASE("redactor: something that looks like an escape sequence hides nothing") {
  RedactionSet set;
  add(set, "token", "hunter22");
  CHECK(set.redact("\x1b[hunter22") == "\x1b[[secret:token]");
  CHECK(set.redact("\x1b]0;hunter22\x07") == "\x1b]0;[secret:token]\x07");
  CHECK(set.redact("hun\x1b[31mter\r\n22") == "[secret:token]");
}

TEST_CASE("redactor: no sentinel leaks in any encoding, chunking or colouring") {
  Chunks random(20260314);
  for (const Sentinel& sentinel : sentinels) {
    RedactionSet set;
    REQUIRE(add(set, sentinel.name, sentinel.value) == Maskable::anywhere);
    for (const auto& [name, encode] : encodings) {
      const std::string encoded = encode(sentinel.value);
      for (std::size_t longest = 1; longest <= 7; ++longest) {
        for (const bool with_colours : {false, true}) {
          const std::string shown = "before [" + encoded + "] after";
          const std::string text = with_colours ? coloured(shown, random) : shown;
          const std::string out = in_chunks(set, text, random, longest);
          INFO(sentinel.name << ", " << name << ", chunks of " << longest << ": " << out);
          CHECK(out == in_chunks(set, text, random, text.size()));
          const std::string rest = without_colours(unmasked(out, sentinel.name));
          CHECK(rest.starts_with("before ["));
          CHECK(rest.ends_with("] after"));
          // Under 8 characters: what is around the secret, a PEM fence, or the ends that base64 mixes with
          // it.
          const std::string fenceless = replace_all(rest, "PRIVATE KEY", "");
          for (const SecretForm& form : forms_of(sentinel.value))
            if (!form.on_boundaries && rest.find(form.text) != std::string::npos)
              FAIL("form left: " << form.text);
          if (sentinel.name == "eight" || sentinel.name == "unicode")
            CHECK(longest_leak(sentinel.value, fenceless) < 4);
        }
      }
    }
  }
}

TEST_CASE("redactor: agrees with the slow oracle on random texts in random chunks") {
  Chunks random(7);
  const std::vector<RedactorOracle::Named> secrets = {{"a", "abcabcab"},
                                                      {"b", "cabcabca-x"},
                                                      {"c", "ab1c"},
                                                      {"d", "line one\nline two\n"},
                                                      {"e", "b64?>~\xff\xfe"
                                                            "bytes"}};
  RedactionSet set;
  for (const auto& [name, value] : secrets) add(set, name, value);
  const RedactorOracle oracle(secrets);

  std::vector<std::string> pieces = {"abc",  "ab1c", "c",        "a",       "-",    "x", "\n",
                                     "\r\n", "  ",   "\x1b[31m", "\x1b[0m", "line", " "};
  for (const auto& [name, value] : secrets) {
    const std::vector<SecretForm> forms = forms_of(value);
    for (int i = 0; i < 6; ++i) pieces.push_back(forms[random() % forms.size()].text);
    pieces.push_back(to_base64("x" + value));
  }
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::size_t i = 0, count = random() % 12; i < count; ++i) {
      const std::string& piece = pieces[random() % pieces.size()];
      const std::size_t from = random() % 4 == 0 && piece[0] != '\x1b' ? random() % piece.size() : 0;
      text += piece.substr(from);
    }
    INFO("round " << round << ": " << quote_json(text));
    const std::string expected = oracle.redact(text);
    CHECK(set.redact(text) == expected);
    CHECK(in_chunks(set, text, random, 1 + random() % 9) == expected);
  }
}
