// The manual pages of the commands, from the same table as help, completion and parsing. The page of the
// language is config's.
#pragma once

#include <string>
#include <vector>

namespace deployctl::cli {

struct ManualPage {
  std::string file; // "deployctl-lock-list.1"
  std::string text; // mdoc
};

// deployctl(1) and one page a command.
std::vector<ManualPage> manual_pages();

} // namespace deployctl::cli
