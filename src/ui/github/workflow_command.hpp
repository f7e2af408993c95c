// Commands to the runner of GitHub Actions, one a line in the log, and text that can be none. What comes from
// elsewhere (a host, a message) is text: it must never begin a command.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ui/writer.hpp"

namespace deployctl::ui::github {

using Properties = std::vector<std::pair<std::string_view, std::string>>;

// "::error file=deploy.yaml,line=3::message\n", escaped as the runner unescapes it.
std::string command(std::string_view name, std::string_view data, const Properties& properties = {});

// Lines of which the runner takes none for a command: neither the form with "::", which it looks for behind
// blanks, nor the older one with "##[", which it looks for everywhere.
std::string inert(std::string_view lines);
// The same for JSON, which means the same afterwards; its lines begin with none of the two.
std::string inert_json(std::string_view text);

// Between two commands that only a reader of `token` can write: whatever stands there is output.
std::string fenced(std::string_view lines, std::string_view token);

// Passes on what was made inert, text by text.
class InertWriter final : public Writer {
public:
  explicit InertWriter(Writer& to, std::string (*make)(std::string_view) = inert) : to_(to), make_(make) {}
  void write(std::string_view text) override { to_.write(make_(text)); }

private:
  Writer& to_;
  std::string (*make_)(std::string_view);
};

} // namespace deployctl::ui::github
