#include "formats/age.hpp"

#include <catch2/catch.hpp>

#include "formats/age_armor.hpp"
#include "formats/bech32.hpp"
#include "golden.hpp"

using namespace deployctl;
using namespace deployctl::formats;

namespace {

// Made by age-keygen and age 1.1 for these tests.
constexpr std::string_view key = "AGE-SECRET-KEY-1LR8UW4WRLM7PWK2RCALL7AY8HTATF80M9DCPTAN9CLX557A03RZQ0QA60L";
constexpr std::string_view recipient = "age10p563tzp8wzedtyk5vv2uf8k3l7028a8df0fryymucmn0kzrkadqgy5vqh";
constexpr std::string_view other_key =
    "AGE-SECRET-KEY-1DSCK6TFGR44CGNN2008JLV9NGS796VCQRP7PDXMQFJ200MP45ZMS099QL5";
constexpr std::string_view other_recipient = "age13z33k3ur38hnrsa0c956m2xs2f4hwjjhn74a5qhze54fqqe9wszq2l3vnx";
constexpr std::string_view armored = R"(-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBlVXVoMGxSYnhqdE0wRTFP
dkZhaTBQbThCWnd2eUFDZnJGQlV5dXFja2hRCjJySGNyd0pya05ZR1VHQjZoVmZX
RDI5YkxmUGhjU09ZWU5saGtBWGpvc0UKLS0tIGkzM2RpWGFHL1hncGJuQVkvaGs2
TkRqNDNKOXJvVEZpWEdzQlAvbW5xTFEKT2Ai7/u6T4x2mQAXeBFav4oPsw6nryC0
sctOVOeh0UnfHBp0YlPi6inwZHNpYMFyAQ==
-----END AGE ENCRYPTED FILE-----
)";

} // namespace

TEST_CASE("age: a key opens what was encrypted to its recipient, and tells the recipient") {
  const auto identities = parse_age_identities("# created: today\n\n" + std::string(other_key) + "\r\n  " +
                                               std::string(key) + "\n");
  REQUIRE(identities);
  REQUIRE(identities->size() == 2);
  CHECK(shown_recipient((*identities)[0]) == other_recipient);
  CHECK(shown_recipient((*identities)[1]) == recipient);
  CHECK(open_age(armored, *identities) == "opened with a key");
}

TEST_CASE("age: who does not fit is told what the file wants and what was tried") {
  const std::vector<AgeIdentity> other = parse_age_identities(other_key).value();
  const auto result = open_age(armored, other);
  REQUIRE_FALSE(result);
  CHECK(result.error().cause == Cause::auth);
  CHECK(result.error().message ==
        "no identity fits: the file is for recipients of type X25519, tried " + std::string(other_recipient));
  CHECK(open_age(armored, {}).error().message ==
        "no identity fits: the file is for recipients of type X25519, tried none");
}

TEST_CASE("age: no single byte of a file can change unnoticed") {
  const std::vector<AgeIdentity> identities = parse_age_identities(key).value();
  const std::string file = remove_age_armor(armored).value();
  for (std::size_t at = 0; at < file.size(); ++at) {
    std::string altered = file;
    altered[at] = static_cast<char>(altered[at] ^ 1);
    INFO(at);
    CHECK_FALSE(open_age(altered, identities));
    CHECK_FALSE(open_age(std::string_view(file).substr(0, at), identities));
  }
  CHECK_FALSE(open_age(file + '\0', identities));
}

TEST_CASE("age: mistakes in identities are named by line and never quoted") {
  const auto message = [](const std::string& text) {
    const auto identities = parse_age_identities(text);
    return identities ? "no error" : identities.error().message;
  };
  const std::string good(key);
  CHECK(message("") == "no error");
  CHECK(message("\n" + std::string(recipient)) ==
        "line 2: this is a recipient's public key, not an identity");
  CHECK(message(good.substr(0, good.size() - 1)) ==
        "line 1: a key that is no Bech32: its checksum is wrong, so a character is");
  CHECK(message(good + "B") == "line 1: a key that is no Bech32: a character that it does not know");
  CHECK(message("nonsense") == "line 1: a key that is no Bech32: it has no word, no '1' or no checksum");
  CHECK(message("a" + good) == "line 1: a key that is no Bech32: it mixes capitals and small letters");
  CHECK(message(to_bech32("age-secret-key-", std::string(32, 'k'))) ==
        "line 1: an identity is written in capitals");
  CHECK(message(to_bech32("age-plugin-yubikey-", "k")) ==
        "line 1: identities of the kind 'age-plugin-yubikey-' are not in this version");
}

// Made by ssh-keygen and age (tests/formats/age/make).
TEST_CASE("age: SSH keys open what was encrypted to them") {
  const auto file = [](const std::string& name) { return golden::read("tests/formats/age/" + name); };
  const auto with = [&](const std::string& name) {
    return std::vector<AgeIdentity>{parse_ssh_identity(file(name)).value()};
  };
  CHECK(open_age(file("ed25519.age"), with("ed25519.key")) == "for the ed25519 key");
  CHECK(open_age(file("rsa.age"), with("rsa.key")) == "for the rsa key");
  CHECK(open_age(file("both.age"), with("ed25519.key")) == "for both");
  CHECK(open_age(file("both.age"), with("rsa.key")) == "for both");
  CHECK(open_age(file("rsa.age"), with("ed25519.key")).error().cause == Cause::auth);
  CHECK(open_age(file("ed25519.age"), with("rsa.key")).error().cause == Cause::auth);
  for (const std::string name : {"ed25519.key", "rsa.key"})
    CHECK_THAT(file(name + ".pub"), Catch::StartsWith(shown_recipient(with(name).front()) + " "));
}

TEST_CASE("age: an SSH key that cannot be used says why") {
  const auto file = [](const std::string& name) { return golden::read("tests/formats/age/" + name); };
  const auto message = [](const std::string& text) {
    CHECK(is_ssh_private_key(text));
    return parse_ssh_identity(text).error().message;
  };
  const std::string prefix = "an SSH key that cannot be used: ";
  CHECK(message(file("locked.key")) == prefix + "it has a passphrase");
  CHECK(message(file("pem.key")) == prefix + "it is not in OpenSSH's own form");
  CHECK(message(file("ecdsa.key")) == prefix + "its type is ecdsa-sha2-nistp256");
  const std::string whole = file("ed25519.key");
  const std::size_t end = whole.find("-----END");
  for (std::size_t cut = 1; cut < end - 40; ++cut) {
    INFO(cut);
    const auto identity = parse_ssh_identity(whole.substr(0, end - cut) + whole.substr(end));
    // The comment and the padding behind the key are not looked at.
    if (!identity) CHECK_THAT(identity.error().message, Catch::StartsWith(prefix));
  }
  CHECK_FALSE(is_ssh_private_key(key));
}

TEST_CASE("age: bech32 there and back, for every length up to two keys") {
  std::string bytes;
  for (int i = 0; i < 64; ++i) {
    bytes += static_cast<char>(i * 37);
    const auto decoded = from_bech32(to_bech32("age", bytes));
    REQUIRE(decoded);
    CHECK(decoded->word == "age");
    CHECK(decoded->bytes == bytes);
  }
}
