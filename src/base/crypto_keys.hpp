// Keys made of keys: HKDF, scrypt and X25519, as age wants them. Hashes are crypto.hpp, opening what a key
// has sealed is crypto_seal.hpp.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>
#include <deployctl/secret.hpp>

namespace deployctl {

inline constexpr std::size_t x25519_size = 32; // bytes of a private key, a public key and what two agree on

// RFC 5869 with SHA-256; `size` is at most 32.
Secret hkdf_sha256(const Secret& key, std::string_view salt, std::string_view info, std::size_t size = 32);

// RFC 7914 with r = 8, p = 1 and 2^`cost` rounds, which needs 2^`cost` KiB of memory: 32 bytes.
// Cause::capacity when there is not as much.
Result<Secret> scrypt_key(const Secret& passphrase, std::string_view salt, unsigned cost);

// Both take keys of 32 bytes.
std::string x25519_public_key(const Secret& private_key);
// Nothing when the public key is a point of low order, with which every private key agrees on zero.
std::optional<Secret> x25519_agree(const Secret& private_key, std::string_view public_key);
std::optional<Secret> x25519_agree(const Secret& private_key, const Secret& public_key);
// The private key of X25519 that belongs to a seed of Ed25519 (RFC 8032, 5.1.5): 32 bytes both.
Secret x25519_from_ed25519(const Secret& seed);

} // namespace deployctl
