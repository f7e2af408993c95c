// `.env` files: NAME=value lines with quotes and comments, and no shell: `$` and backquotes mean nothing.
// Values are often secrets, so no error quotes one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl::formats {

struct DotenvEntry {
  std::string name;
  std::string value;
  std::size_t line = 1; // where the name stands, from 1
};

//   export NAME = value   # comment
// Unquoted values end at the line's end or at a blank followed by '#'. 'Single quotes' keep every byte,
// "double quotes" know \n \r \t \" \\ \$; both may go over lines. Entries in file order; when a name comes
// twice, the last one counts, as in a shell. Errors: Cause::config, "line 3: ...".
Result<std::vector<DotenvEntry>> parse_dotenv(std::string_view text);

// The value that counts, or nullptr.
const std::string* find_dotenv(const std::vector<DotenvEntry>& entries, std::string_view name);

} // namespace deployctl::formats
