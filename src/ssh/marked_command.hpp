// A command line that says on its standard error when it begins and with which code it ended, so that one ssh
// per command is as clear as the multiplexing protocol: exit code 255 of ssh alone can mean anything. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace deployctl::ssh {

// `command_line` for any login shell, run by /bin/sh. `marker` is a word that no output holds by chance.
std::string mark_command(std::string_view command_line, std::string_view marker);

// Takes the marks out of what such a command writes to its standard error.
class MarkFilter {
public:
  explicit MarkFilter(std::string marker) : marker_(std::move(marker)) {}

  // What is to be passed on of these bytes and of those held back before.
  std::string feed(std::string_view bytes);
  std::string finish(); // what was held back and was no mark

  [[nodiscard]] bool has_begun() const { return begun_; }
  [[nodiscard]] std::optional<int> exit_code() const { return exit_code_; }

private:
  void take(std::string_view mark);

  std::string marker_;
  std::string held_;
  bool begun_ = false;
  std::optional<int> exit_code_;
};

} // namespace deployctl::ssh
