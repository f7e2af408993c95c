// The one parser of secret references ("env://OPENAI_API_KEY"): config checks a pipeline with it, secrets
// resolves by it. A scheme that this version cannot resolve is parsed all the same; its row in the table says
// so.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl {

enum class SecretKey { none, optional, required };

struct SecretScheme {
  std::string_view name;           // "env"
  std::string_view form;           // "env://NAME"
  std::string_view since;          // the first version that resolves it; "later" when that is not known yet
  bool local = false;              // needs no network and no provider instance: may authenticate a store
  SecretKey key = SecretKey::none; // whether '#' and a key follow
  bool pointer = false;            // the key is an RFC 6901 pointer
  int least_parts = 0;             // '/'-separated parts of the source; 0: it is not divided
  int most_parts = 0;
  std::string_view help; // one sentence
};

std::span<const SecretScheme> secret_schemes(); // in the order of documentation
const SecretScheme* find_secret_scheme(std::string_view name);

struct SecretReference {
  std::string scheme; // a name of the table
  std::string source; // between "://" and '?' or '#': NAME, path, vault/item/field; exec: the command line
  std::vector<std::string> argv; // exec only: source split into words; quotes group, nothing else is special
  std::vector<std::string>
      passes;                     // exec only: variables the command gets besides the usual ones (--env=NAME)
  std::optional<std::string> key; // after '#', as written: NAME in a dotenv file, field of a store
  std::vector<std::string> pointer; // file, exec, sops: the key as RFC 6901 tokens, unescaped
  std::string provider;             // ?provider=aws.production; empty: the scheme's own
};

// Cause::config; the message quotes the scheme and the fault, never a value behind the reference.
Result<SecretReference> parse_secret_reference(std::string_view text);

} // namespace deployctl
