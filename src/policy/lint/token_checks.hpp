// What a token proves about itself beyond its form, without asking anybody: checksums, decoding, parsing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "policy/lint/token_shapes.hpp"

namespace deployctl::policy::lint {

struct Candidate {
  const TokenShape& shape;
  std::string_view text; // the whole file
  std::size_t begin = 0; // of the secret
  std::size_t end = 0;   // checks of forms with an end of their own (PEM) move it

  [[nodiscard]] std::string_view secret() const { return text.substr(begin, end - begin); }
};

enum class Verdict {
  refuted,   // made up: not reported
  plausible, // nothing speaks against it
  proven,
  harmless, // real, but worth a warning only: of a test account, encrypted, expired
};

struct Judgement {
  Verdict verdict = Verdict::plausible;
  std::string detail; // "of the account 123456789012"; never the value
};

Judgement judge(Candidate& candidate);

} // namespace deployctl::policy::lint
