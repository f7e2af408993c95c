#include <random>

#include <catch2/catch.hpp>

#include "base/redactor.hpp"
#include "base/secret_forms.hpp"
#include "redactor_oracle.hpp"
#include "secret_encodings.hpp"

using namespace deployctl;

namespace {

using Dice = std::mt19937;

std::string bytes_of(Dice& random, std::string_view alphabet, std::size_t length) {
  std::string bytes;
  while (bytes.size() < length) bytes += alphabet[random() % alphabet.size()];
  return bytes;
}

constexpr std::string_view base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view awkward = "aZ09 \"'\\/+&<>%$`?=#:;\t\n";

const std::string ordinary =
    "2026-03-14T12:00:00.123Z INFO started 4 workers\n\n  at handle (/srv/app/main.js:12)\n";

// The same bytes in as many pieces as the places say.
std::string redacted(const RedactionSet& set, std::string_view text,
                     std::initializer_list<std::size_t> places) {
  Redactor redactor(set);
  std::string out;
  std::size_t from = 0;
  for (const std::size_t place : places) {
    out += redactor.feed(text.substr(from, place - from));
    from = place;
  }
  out += redactor.feed(text.substr(from));
  return out + redactor.finish();
}

} // namespace

TEST_CASE("redactor: no encoding of a random secret survives any split of the stream") {
  Dice random(20261122);
  for (int round = 0; round < 6; ++round) {
    const std::string secret =
        "k" + bytes_of(random, round % 2 == 0 ? base62 : awkward, 8 + random() % 24) + "z";
    RedactionSet set;
    set.add(Secret::reference("s").resolved_with(secret));
    const std::vector<SecretForm> forms = forms_of(secret);
    for (const auto& [name, encode] : encodings) {
      const std::string text = ordinary + "value [" + encode(secret) + "] " + ordinary;
      const std::string whole = redacted(set, text, {});
      INFO(quote_json(secret) << " as " << name << ": " << quote_json(whole));
      REQUIRE(whole.find("[secret:s]") != std::string::npos);
      REQUIRE(whole.starts_with(ordinary));
      REQUIRE(whole.ends_with(ordinary));
      for (const SecretForm& form : forms)
        if (!form.on_boundaries && whole.find(form.text) != std::string::npos) FAIL("left: " << form.text);
      for (std::size_t place = ordinary.size(); place < text.size(); ++place)
        if (redacted(set, text, {place}) != whole) FAIL("differs when split at " << place);
      for (std::size_t place = 1; place < text.size(); place += 3)
        if (redacted(set, text, {place, place + random() % (text.size() - place)}) != whole)
          FAIL("differs when split at " << place << " and once more");
    }
  }
}

TEST_CASE("redactor: agrees with the slow oracle where secrets stand between ordinary lines") {
  Dice random(11);
  const std::vector<RedactorOracle::Named> secrets = {{"word", "started-4-times"},
                                                      {"lines", "first part\n  second part\n"},
                                                      {"blank", " \t leading"},
                                                      {"short", "at h"}};
  RedactionSet set;
  for (const auto& [name, value] : secrets) set.add(Secret::reference(name).resolved_with(value));
  const RedactorOracle oracle(secrets);
  const std::vector<std::string> pieces = {"started 4",
                                           "started-4",
                                           "-times",
                                           "first part",
                                           "second part",
                                           "\n",
                                           "\n  \n\t",
                                           "   ",
                                           "\r\n",
                                           "\x1b[31m",
                                           "\x1b[0m",
                                           " \t leading",
                                           "at h",
                                           " at h ",
                                           "a",
                                           "x at",
                                           "sta",
                                           "st\nar\nted-4-ti",
                                           "mes\n",
                                           "ordinary words that nobody hides\n",
                                           "{\"status\": 200}"};
  for (int round = 0; round < 4000; ++round) {
    std::string text;
    for (std::size_t i = 0, count = random() % 16; i < count; ++i) text += pieces[random() % pieces.size()];
    INFO("round " << round << ": " << quote_json(text));
    const std::string expected = oracle.redact(text);
    CHECK(set.redact(text) == expected);
    if (text.empty()) continue;
    const std::size_t place = random() % text.size();
    CHECK(redacted(set, text, {place, place + random() % (text.size() - place)}) == expected);
  }
}
