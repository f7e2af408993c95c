// The credentials that can be told by their form: what marks one, the whole form, how random it must look,
// and the check beyond the form. Data only; token_scan.hpp reads it.
#pragma once

#include <span>
#include <string_view>

#include "policy/lint/rules.hpp"

namespace deployctl::policy::lint {

// What can be verified without asking anybody.
enum class TokenCheck {
  none,
  crc32_tail,      // the last six of 36 characters are the CRC-32 of the others in base 62
  bech32,          // its checksum
  aws_account,     // the id holds the account's number
  base64_32_or_64, // decodes to the length of a key
  macaroon,        // decodes to a PyPI macaroon
  json_in_base64,  // decodes to a JSON map
  jwt,             // header and claims decode to JSON; an expired one is only a warning
  pem,             // decodes to a key
  docker_auth,     // decodes to user:password
  password_in_url, // a password that is no reference and no placeholder
  test_mode,       // of a test account: a warning
};

struct TokenShape {
  std::string_view name;    // "github-token"
  std::string_view title;   // "a GitHub token"
  std::string_view markers; // literals, one of which begins the token, separated by '|'
  std::string_view form;    // RE2; the first group, if there is one, is the secret itself
  double entropy = 0;       // bits for each character, at least
  TokenCheck check = TokenCheck::none;
  std::size_t lead = 0; // bytes of the token before the marker
  std::string_view rule = code::secret_token;
};

std::span<const TokenShape> token_shapes();
const TokenShape* find_token_shape(std::string_view name);

} // namespace deployctl::policy::lint
