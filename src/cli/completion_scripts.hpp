// The scripts of `completions/`, as they stand there, inside the binary; the .cpp is made from them at
// configure time.
#pragma once

#include <array>
#include <string_view>

namespace deployctl::cli {

struct CompletionScript {
  std::string_view shell;
  std::string_view text;
};

extern const std::array<CompletionScript, 3> completion_scripts;

} // namespace deployctl::cli
