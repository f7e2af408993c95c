#include <catch2/catch.hpp>

#include "base/crypto_verify.hpp"
#include "base/encode.hpp"

using namespace deployctl;

namespace {

// Made once with openssl from keys that are thrown away.
constexpr const char* ed25519_key = R"(-----BEGIN PUBLIC KEY-----)"
                                    "\n"
                                    R"(MCowBQYDK2VwAyEABgBvKZZXECi9CBhBFfwa5sPS5lZzOw37x1/yUI8byAA=)"
                                    "\n"
                                    R"(-----END PUBLIC KEY-----)"
                                    "\n";

constexpr const char* rsa_key = R"(-----BEGIN PUBLIC KEY-----)"
                                "\n"
                                R"(MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA3ozMDxgDp8fsgtgBajKO)"
                                "\n"
                                R"(TvCfOpzzhdQK6s3MNi+AILBaLHepEtxGf6U9GjhOA9XeGtyfqUhusVhoWDm+aFoq)"
                                "\n"
                                R"(H0BpIUG2+r0qDGtooMavGk6F40d3ZtS9qPbkMCy/MOIEs3YUm/oWrugklbgZEfhp)"
                                "\n"
                                R"(z1CQDNcxF3o9jhGx/w0jCqGtb+b/HLzFHflNCaAIKvAcBSGKuMfLz5sK1WT0e+JF)"
                                "\n"
                                R"(lpMfLbnZsGWK9YtCDJUd6X6Qv7Nljzq6arqF49lY/kErbU3VpzgWGSDAQ92T9IMO)"
                                "\n"
                                R"(oe5OB+Zk3qqn/OBfgKohUz8l214b4c2y3KAlpCfDJMUZ1j3ZPBHUGd1z7fjEKS7w)"
                                "\n"
                                R"(ZwIDAQAB)"
                                "\n"
                                R"(-----END PUBLIC KEY-----)"
                                "\n";

constexpr const char* small_rsa_key = R"(-----BEGIN PUBLIC KEY-----)"
                                      "\n"
                                      R"(MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDXdSg8qAWgSoMC02mvRgRXYhwq)"
                                      "\n"
                                      R"(bBakopw44oqJyJUwjXSj86rZoiMZFzBhpQ8BVbjF5zotvTzNV2RkWddm8YO23W5U)"
                                      "\n"
                                      R"(09A52zvLoHLPthE2LULncA0NqedYaea0TEfzDiZjEakeZ+DzWiROFjdVTvc/zjhg)"
                                      "\n"
                                      R"(NSyYWY0ax75XvMq/HwIDAQAB)"
                                      "\n"
                                      R"(-----END PUBLIC KEY-----)"
                                      "\n";

constexpr const char* ed25519_signature =
    R"(Izv/JdEXx5ai+GWwsZi27c0c17ZkOTRLFPXZxhGPAPADCYHHqhKqoWnHklOcUuQr8L0Wbdb5gn/CLourFER6CA==)";
constexpr const char* rsa_signature =
    R"(FBGJwHbSU9M4cJz2NZkJnRKa8UnGXXGNAsvk8aeCRugQxMgI6abpT0gIbOK4erVEUVD1m3ZMFci1dJ6jrf+dIO8HNmAqYHEHZzJ6L3gtc2s/lY0ZFjqT9i42rymit00KqHhkiHQ3V8XI53KFu6MySeKl+S+YmQpW8dDWYoXuIfI2tC4tMKNpzsncdwlVdYc/G4mxvHMVdqzgpBOyYEYcYsKk+d65t75EN//T5beGpIvCdf2ta5jpoFTGTiADwi+10mDvdcU5n3ztYh5ozHK5cSwQk1l+Ska/n7PqJqQ5VTsIYcs3wZc/0rFx7xdWmUQHWNo8Idk0k/DS0nGWraFFzQ==)";

bool verifies(const char* key, const char* message, const char* signature) {
  return PublicKey::parse(key)->verifies(message, from_base64(signature).value());
}

} // namespace

TEST_CASE("public key: a signature holds for its message and its key alone") {
  CHECK(verifies(ed25519_key, "a message", ed25519_signature));
  CHECK_FALSE(verifies(ed25519_key, "another", ed25519_signature));
  CHECK(verifies(rsa_key, "a message", rsa_signature));
  CHECK_FALSE(verifies(rsa_key, "a messagE", rsa_signature));
  CHECK_FALSE(verifies(rsa_key, "a message", ed25519_signature));
  CHECK_FALSE(verifies(ed25519_key, "a message", rsa_signature));
  CHECK_FALSE(verifies(rsa_key, "a message", ""));
}

TEST_CASE("public key: what is none, or too weak to be trusted, is refused") {
  for (const char* text : {"", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"})
    CHECK_FALSE(PublicKey::parse(text));
  const auto small = PublicKey::parse(small_rsa_key);
  REQUIRE(!small);
  CHECK(small.error().cause == Cause::config);
}
