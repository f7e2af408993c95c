#include "os/long_text.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/shell_word.hpp"
#include "os/spawn.hpp"

namespace deployctl::os {
namespace {

constexpr std::size_t longest_argument = 100U << 10; // below the system's 128 KiB

bool is_shell_with_text(const std::vector<std::string>& argv) {
  const bool shell = argv.size() >= 3 && (argv[0] == "sh" || argv[0] == "/bin/sh");
  return shell && argv[1].starts_with('-') && argv[1].ends_with('c');
}

} // namespace

Result<std::optional<ShellFile>> as_shell_file(const std::vector<std::string>& argv) {
  const auto is_long = [](const std::string& argument) { return argument.size() > longest_argument; };
  if (std::none_of(argv.begin(), argv.end(), is_long) || !is_shell_with_text(argv)) return std::nullopt;
  // The shell reads through a descriptor of its own, so this one is not for what it runs.
  std::string text = fmt::format("exec {}<&-\nset --", text_descriptor);
  for (std::size_t i = 4; i < argv.size(); ++i) text += " " + shell_word(argv[i]);
  text += "\n" + argv[2];
  ShellFile file{.argv = {argv[0]}, .text = {}};
  if (const std::string options = argv[1].substr(0, argv[1].size() - 1); options != "-")
    file.argv.push_back(options);
  file.argv.push_back(fmt::format("/dev/fd/{}", text_descriptor));
  DEPLOYCTL_TRY(file.text, memory_file(text));
  return std::optional<ShellFile>(std::move(file));
}

} // namespace deployctl::os
