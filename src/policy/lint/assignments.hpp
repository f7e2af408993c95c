// Values that stand behind a name like `password` or `api_key` and look generated: secrets without a form of
// their own. Reads `name = value`, `name: value`, and Kubernetes' name and value on
// two lines; knows no format beyond that.
#pragma once

#include <string_view>
#include <vector>

#include "policy/lint/token_scan.hpp"

namespace deployctl::policy::lint {

class AssignmentScanner {
public:
  static Result<AssignmentScanner> compile();

  [[nodiscard]] std::vector<FoundSecret> scan(std::string_view text) const; // by position

private:
  explicit AssignmentScanner(Pattern words) : words_(std::move(words)) {}

  Pattern words_;
};

// Whether a name says that its value is a secret: "DB_PASSWORD" does, "password_file" and "public_key" do
// not.
bool names_a_secret(std::string_view name);

// Whether a value looks like a generated secret.
bool looks_generated(std::string_view value);

} // namespace deployctl::policy::lint
