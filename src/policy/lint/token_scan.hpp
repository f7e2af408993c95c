// Finds credentials in any text by the table of token_shapes.hpp: one pass over the text for all markers,
// then form, randomness and check where one stands. Pure; knows no files and no formats.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/diagnostic.hpp>
#include <deployctl/result.hpp>

#include "base/pattern.hpp"
#include "policy/lint/token_shapes.hpp"

namespace deployctl::policy::lint {

// A secret that stands in a text. The value itself is text[begin, end).
struct FoundSecret {
  std::string_view rule; // code
  std::string_view kind; // "github-token"
  Severity severity = Severity::error;
  std::string what;      // "a GitHub token"; with what it tells about itself
  std::size_t begin = 0; // bytes of the text
  std::size_t end = 0;
};

// For one thread at a time: forms are compiled when their marker is seen first.
class TokenScanner {
public:
  static Result<TokenScanner> compile(); // the markers; Cause::config when the table is malformed

  // By position. Of findings that overlap the one that begins first, else the longer one, stays.
  [[nodiscard]] std::vector<FoundSecret> scan(std::string_view text);

private:
  struct Form {
    const TokenShape* shape = nullptr;
    std::vector<std::string_view> markers;
    std::optional<Pattern> pattern; // none: not seen yet
  };

  TokenScanner(Pattern markers, std::vector<Form> forms)
      : markers_(std::move(markers)), forms_(std::move(forms)) {}
  void look_at(std::string_view text, std::size_t marker, std::vector<FoundSecret>& found);

  Pattern markers_; // any of all
  std::vector<Form> forms_;
};

// By position, none inside or across another.
std::vector<FoundSecret> without_overlaps(std::vector<FoundSecret> found);

} // namespace deployctl::policy::lint
