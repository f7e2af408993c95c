// Private keys in PEM as they stand in files: as they are, indented in YAML, or on one line with `\n`
// between.
#pragma once

#include <cstddef>
#include <string_view>

namespace deployctl::policy::lint {

struct PemBlock {
  std::size_t end = 0;    // behind the last line of the block
  bool holds_key = false; // its body decodes to a key, not to dots or a text
  bool encrypted = false; // with a passphrase
};

// The block whose "-----BEGIN" stands at `begin`.
PemBlock read_pem(std::string_view text, std::size_t begin);

} // namespace deployctl::policy::lint
