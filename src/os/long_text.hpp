// The system takes at most 128 KiB for one argument of a process, and a shell's text may be longer. Such a
// text, and long arguments of it, are given to the shell as a file in memory instead.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/result.hpp>

#include "os/descriptor.hpp"

namespace deployctl::os {

// Where the child finds the file; it is opened by name, so that reading it leaves standard input alone.
inline constexpr int text_descriptor = 3;

struct ShellFile {
  std::vector<std::string> argv; // sh -e /dev/fd/3
  Descriptor text;
};

// None when every argument is short enough, or when `argv` is no `sh -c TEXT [NAME ARGUMENT...]`: then the
// system says that it is too long.
Result<std::optional<ShellFile>> as_shell_file(const std::vector<std::string>& argv);

} // namespace deployctl::os
