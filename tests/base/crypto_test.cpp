#include "base/crypto.hpp"

#include <catch2/catch.hpp>

#include "base/body.hpp"
#include "base/crc32c.hpp"
#include "base/encode.hpp"
#include "base/system_clock.hpp"

using namespace deployctl;

TEST_CASE("crypto: SHA-256 of the FIPS 180 examples, whole and in pieces") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  Sha256 hash;
  hash.update("a").update("").update("bc");
  CHECK(hash.finish() == sha256("abc"));
}

TEST_CASE("crypto: HMAC of RFC 4231, from text and from a secret") {
  const std::string expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  CHECK(hmac_sha256("Jefe", "what do ya want for nothing?").hex() == expected);
  const Secret key = Secret::reference("key").resolved_with("Jefe");
  CHECK(hmac_sha256(key, "what do ya want for nothing?").hex() == expected);
  const Secret derived = derive_key(key, "what do ya want for nothing?");
  CHECK(derived.name() == "key");
  CHECK(to_hex(derived.reveal()) == expected);
  CHECK(hmac_sha256("", "").hex() == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("crypto: a keyed fingerprint tells secrets apart only under its key") {
  const Secret one = Secret::reference("a").resolved_with("x");
  CHECK(keyed_fingerprint("k", one) == keyed_fingerprint("k", Secret::reference("b").resolved_with("x")));
  CHECK(keyed_fingerprint("k", one) != keyed_fingerprint("l", one));
  CHECK(keyed_fingerprint("k", one).starts_with("keyed:"));
}

TEST_CASE("crypto: comparison in constant time compares") {
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK(equal_in_constant_time("", ""));
  CHECK_FALSE(equal_in_constant_time("abc", "abd"));
  CHECK_FALSE(equal_in_constant_time("abc", "ab"));
}

TEST_CASE("crypto: random hex differs every time") {
  SystemRandom random;
  CHECK(random_hex(random, 16).size() == 32);
  CHECK(random_hex(random, 16) != random_hex(random, 16));
}

TEST_CASE("crc32c: RFC 3720 examples, continued over pieces") {
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AAU);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62A8AB43U);
  CHECK(crc32c("123456789") == 0xE3069283U);
  CHECK(crc32c("56789", crc32c("1234")) == 0xE3069283U);
}

TEST_CASE("encode: base64 of RFC 4648, both alphabets") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}};
  for (const auto& [bytes, text] : cases) {
    CHECK(to_base64(bytes) == text);
    CHECK(from_base64(text).value() == bytes);
    CHECK(from_base64(to_base64_url(bytes)).value() == bytes);
  }
  CHECK(to_base64_url("\xfb\xff") == "-_8");
  CHECK(to_base64("\xfb\xff") == "+/8=");
}

TEST_CASE("encode: decoders refuse what no encoder writes") {
  for (const char* text : {"Z", "Zg=", "Zg===", "Zh==", "Z g=", "Zg==Zg==", "=", "===="}) {
    INFO(text);
    CHECK_FALSE(from_base64(text));
  }
  CHECK(from_hex("00fFa0").value() == std::string("\0\xff\xa0", 3));
  CHECK_FALSE(from_hex("abc"));
  CHECK_FALSE(from_hex("zz"));
  CHECK(percent_encode("a b/c~\xc3\xa9") == "a%20b%2Fc~%C3%A9");
  CHECK(percent_encode("a b/c", "/") == "a%20b/c");
  CHECK(percent_decode("a%20b+%2f").value() == "a b+/");
  CHECK_FALSE(percent_decode("%2"));
  CHECK_FALSE(percent_decode("%zz"));
}

TEST_CASE("body: is secret as soon as one part is") {
  const Secret password = Secret::reference("pw").resolved_with("p\"w&");
  const Text plain = join_text({"a", "b"}).value();
  REQUIRE(plain.plain());
  CHECK(*plain.plain() == "ab");

  const Text basic = basic_authorization("user", password).value();
  REQUIRE(basic.secret());
  CHECK(basic.secret()->name() == "pw");
  CHECK(basic.secret()->reveal() == "Basic " + to_base64("user:p\"w&"));

  const Text json = json_body(Value::Map{{"password", password}, {"$n", 1}}).value();
  CHECK(json.secret()->reveal() == R"({"$n":1,"password":"p\"w&"})");
  const Text form = form_body({{"grant type", "x y"}, {"pw", password}}).value();
  CHECK(form.secret()->reveal() == "grant%20type=x%20y&pw=p%22w%26");
}

TEST_CASE("body: refuses what has no bytes yet") {
  CHECK(join_text({Secret::reference("pw")}).error().message == "the secret 'pw' has no value yet");
  CHECK(json_body(Value::Map{{"a", Secret::reference("pw")}}).error().cause == Cause::internal);
  CHECK(json_body(Unknown{.step = "image", .output = "ref", .expression = ""}).error().message ==
        "a body needs the output 'ref' of step 'image'");
}
