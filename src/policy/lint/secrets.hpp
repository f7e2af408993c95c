// Every hard-coded secret in a text, whatever way it was found. Pure: text in, findings out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "policy/lint/assignments.hpp"
#include "policy/lint/token_scan.hpp"

namespace deployctl::policy::lint {

class SecretScanner {
public:
  static Result<SecretScanner> compile();

  // By position, none across another; what is known by its form goes before what is guessed by its name.
  [[nodiscard]] std::vector<FoundSecret> scan(std::string_view text);

private:
  SecretScanner(TokenScanner tokens, AssignmentScanner assignments)
      : tokens_(std::move(tokens)), assignments_(std::move(assignments)) {}

  TokenScanner tokens_;
  AssignmentScanner assignments_;
};

// The text with the middle of each secret struck out, byte for byte: places stay where they are. For showing
// a line of it: the first four and the last two characters of a long one remain, of a short one nothing.
std::string struck_out(std::string_view text, const std::vector<FoundSecret>& secrets);

} // namespace deployctl::policy::lint
