// Published examples of each primitive.
#include "base/crypto_keys.hpp"

#include <catch2/catch.hpp>

#include "base/crypto_seal.hpp"
#include "base/crypto_sha512.hpp"
#include "base/encode.hpp"

using namespace deployctl;

namespace {

std::string bytes(std::string_view hex) {
  return from_hex(hex).value();
}

Secret secret(std::string_view value) {
  return Secret::reference("test").resolved_with(value);
}

} // namespace

TEST_CASE("crypto: SHA-512 of the FIPS 180 example") {
  CHECK(to_hex(sha512("abc")) == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                                 "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("crypto: HKDF of RFC 5869, the first block") {
  CHECK(to_hex(hkdf_sha256(secret(std::string(22, '\x0b')), bytes("000102030405060708090a0b0c"),
                           bytes("f0f1f2f3f4f5f6f7f8f9"))
                   .reveal()) == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
  CHECK(to_hex(hkdf_sha256(secret(std::string(22, '\x0b')), "", "", 8).reveal()) == "8da4e775a563c18f");
}

TEST_CASE("crypto: scrypt of RFC 7914") {
  const auto key = scrypt_key(secret("pleaseletmein"), "SodiumChloride", 14);
  REQUIRE(key);
  CHECK(to_hex(key->reveal()) == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
}

TEST_CASE("crypto: X25519 of RFC 7748, and no agreement with a point of low order") {
  const Secret key = secret(bytes("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"));
  const auto shared =
      x25519_agree(key, bytes("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"));
  REQUIRE(shared);
  CHECK(to_hex(shared->reveal()) == "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  CHECK(to_hex(x25519_public_key(key)) == "1c9fd88f45606d932a80c71824ae151d15d73e77de38e8e000852e614fae7019");
  CHECK_FALSE(x25519_agree(key, std::string(x25519_size, '\0')));
  CHECK_FALSE(x25519_agree(key, bytes("0100000000000000000000000000000000000000000000000000000000000000")));
}

TEST_CASE("crypto: ChaCha20-Poly1305 of RFC 8439, and nothing when a bit is another") {
  const Secret key = secret(bytes("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"));
  const std::string nonce = bytes("070000004041424344454647");
  const std::string tag = bytes("1ae10b594f09e26a7e902ecbd0600691");
  const std::string additional = bytes("50515253c0c1c2c3c4c5c6c7");
  const std::string sealed = bytes("d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8"
                                   "ca9671282fafb69da92728b1a71de0a9e06"
                                   "0b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad6759455858"
                                   "08b4831d7bc3ff4def08e4b7a9de576d265"
                                   "86cec64b6116");
  std::string out = "before: ";
  const Sealed whole{.nonce = nonce, .bytes = sealed, .tag = tag, .additional = additional};
  REQUIRE(open_sealed(Cipher::chacha20_poly1305, key, whole, out));
  CHECK(out ==
        "before: Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
        "sunscreen would be it.");
  for (int part = 0; part < 4; ++part) {
    std::vector<std::string> parts{nonce, sealed, tag, additional};
    parts[static_cast<std::size_t>(part)].back() ^= 1;
    std::string nothing = "x";
    CHECK_FALSE(
        open_sealed(Cipher::chacha20_poly1305, key, {parts[0], parts[1], parts[2], parts[3]}, nothing));
    CHECK(nothing == "x");
  }
}

TEST_CASE("crypto: AES-256-GCM with a nonce of 60 bytes (case 18 of its specification)") {
  const Secret key = secret(bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const std::string nonce =
      bytes("9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539fc"
            "f0e2429a6b525416aedbf5a0de6a57a637b39b");
  const std::string sealed =
      bytes("5a8def2f0c9e53f1f75d7853659e2a20eeb2b22aafde6419a058ab4f6f746bf40fc0c3b780f24445"
            "2da3ebf1c5d82cdea2418997200ef82e44ae7e3f");
  const std::string tag = bytes("a44a8266ee1c8eb0c8b5d4cf5ae9f19a");
  const std::string additional = bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  std::string out;
  REQUIRE(open_sealed(Cipher::aes_256_gcm, key, {nonce, sealed, tag, additional}, out));
  CHECK(to_hex(out) ==
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
        "b525b16aedf5aa0de657ba637b39");
  CHECK_FALSE(open_sealed(Cipher::aes_256_gcm, key, {nonce, sealed, tag, {}}, out));
  CHECK_FALSE(open_sealed(Cipher::aes_256_gcm, key, {"", sealed, tag, additional}, out));
  CHECK_FALSE(open_sealed(Cipher::aes_256_gcm, key, {nonce, sealed, tag.substr(1), additional}, out));
  CHECK_FALSE(open_sealed(Cipher::aes_256_gcm, secret("short"), {nonce, sealed, tag, additional}, out));
  CHECK_FALSE(open_sealed(Cipher::aes_256_gcm, key, {std::string(200, 'n'), sealed, tag, additional}, out));
}
