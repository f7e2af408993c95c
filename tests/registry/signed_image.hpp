// An image and signatures of it, made once with openssl from keys that are thrown away: by the first key as
// cosign 2 keeps them, by the second as cosign 3 does.
#pragma once

namespace deployctl::tests::signed_image {

inline constexpr const char* config = R"({"architecture":"amd64","os":"linux"})";

inline constexpr const char* digest =
    R"(sha256:74d4bbce0ab7e5f5352de3596eb5e25ea0d175a85b1d6b0ff9fbc7e37758ffb0)";

inline constexpr const char* first_key = R"(-----BEGIN PUBLIC KEY-----)"
                                         "\n"
                                         R"(MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELJ56UQt3DXIco/LD/jGecEajPAiG)"
                                         "\n"
                                         R"(U921Moz30V/s/JvNdZAD+88lpVuPp1ywoVSgUqy3SkUaqhGhnGetxrHxmw==)"
                                         "\n"
                                         R"(-----END PUBLIC KEY-----)"
                                         "\n";

inline constexpr const char* second_key =
    R"(-----BEGIN PUBLIC KEY-----)"
    "\n"
    R"(MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4GsMCNJI5keYatfCxc0lduYhMAzX)"
    "\n"
    R"(zMXZU/wPnVc9jxuYCrtzEaHndz4NhEiOrvxp9Z9Tk0h6zyLj/McESHxRfg==)"
    "\n"
    R"(-----END PUBLIC KEY-----)"
    "\n";

inline constexpr const char* payload =
    R"({"critical":{"identity":{"docker-reference":"registry.example.com/app"},"image":{"docker-manifest-digest":"sha256:74d4bbce0ab7e5f5352de3596eb5e25ea0d175a85b1d6b0ff9fbc7e37758ffb0"},"type":"cosign container image signature"},"optional":{"stage":"production"}})";

inline constexpr const char* first_signature =
    R"(MEUCIQDqWgLGK8UKhnNahc2jMzHKokHQdkQfpT1GwQZwKf280QIgdvyrC9GL6kOspVY5ppwPf4WRaSchVgnejuVajxlGQ/c=)";

inline constexpr const char* bundle =
    R"({"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"x"},"tlogEntries":[]},"dsseEnvelope":{"payload":"eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEiLCJzdWJqZWN0IjpbeyJkaWdlc3QiOnsic2hhMjU2IjoiNzRkNGJiY2UwYWI3ZTVmNTM1MmRlMzU5NmViNWUyNWVhMGQxNzVhODViMWQ2YjBmZjlmYmM3ZTM3NzU4ZmZiMCJ9fV0sInByZWRpY2F0ZVR5cGUiOiJodHRwczovL3NpZ3N0b3JlLmRldi9jb3NpZ24vc2lnbi92MSIsInByZWRpY2F0ZSI6e319","payloadType":"application/vnd.in-toto+json","signatures":[{"sig":"MEYCIQCjKSanoZ3vpyy7GybHs+SscnVkiAtExnSYrIsiF2ZlEwIhANWPorH+Sbrg8lBcUSJ1+nvGWoOov+O4F0PRM9FfISMg"}]}})";

} // namespace deployctl::tests::signed_image
