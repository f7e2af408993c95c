// What SOPS writes beside the data: who can have the data key, which values are encrypted, and the
// authentication code over all of them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

#include "formats/sops_tree.hpp"

namespace deployctl::formats {

struct SopsAgeKey {
  std::string recipient; // "age1..." or an SSH public key
  std::string wrapped;   // the data key, or its share, as an age file
};

struct SopsKeyGroup {
  std::vector<SopsAgeKey> age;
  std::vector<std::string> others; // "pgp FBC7B9E2A4F9289A": keys that need a service or another program
};

// Which values are encrypted, told by the keys above them. One of the expressions is set.
struct SopsRule {
  enum class Kind { unencrypted_suffix, encrypted_suffix, unencrypted_regex, encrypted_regex };
  Kind kind = Kind::unencrypted_suffix;
  std::string expression = "_unencrypted";
};

struct SopsMetadata {
  std::vector<SopsKeyGroup>
      groups;                // at least one; each gives the data key, or its share if there are several
  std::size_t threshold = 1; // shares needed
  SopsRule rule;
  bool only_encrypted_authenticated = false; // mac_only_encrypted
  std::string last_modified;                 // as written: the code is bound to it
  std::string code;                          // encrypted
};

// `node` is the tree's "sops". Cause::config.
Result<SopsMetadata> read_sops_metadata(const SopsNode& node);

} // namespace deployctl::formats
