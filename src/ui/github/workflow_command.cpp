#include "ui/github/workflow_command.hpp"

#include <array>

#include "base/strings.hpp"

namespace deployctl::ui::github {
namespace {

using Escape = std::pair<std::string_view, std::string_view>;

// The percent sign first, or it would escape the others' escapes.
constexpr std::array<Escape, 3> data_escapes = {{{"%", "%25"}, {"\r", "%0D"}, {"\n", "%0A"}}};
constexpr std::array<Escape, 2> property_escapes = {{{":", "%3A"}, {",", "%2C"}}};

std::string escaped(std::string text) {
  for (const auto& [what, with] : data_escapes) text = replace_all(text, what, with);
  return text;
}

std::string escaped_property(std::string text) {
  text = escaped(std::move(text));
  for (const auto& [what, with] : property_escapes) text = replace_all(text, what, with);
  return text;
}

// The runner trims whatever Unicode calls a blank; ours are spaces, controls and everything that is not
// ASCII.
bool may_be_trimmed(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte <= 0x20 || byte >= 0x7f;
}

std::string inert_line(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && may_be_trimmed(line[at])) ++at;
  std::string out(line);
  if (line.substr(at).starts_with("::")) out.insert(at + 1, " ");
  return replace_all(out, "##[", "# #[");
}

} // namespace

std::string command(std::string_view name, std::string_view data, const Properties& properties) {
  std::string out = "::" + std::string(name);
  std::string_view separator = " ";
  for (const auto& [key, value] : properties) {
    if (value.empty()) continue;
    out.append(separator).append(key).append("=").append(escaped_property(value));
    separator = ",";
  }
  return out.append("::").append(escaped(std::string(data))).append("\n");
}

std::string inert(std::string_view lines) {
  std::string out;
  const bool has_end = lines.ends_with('\n');
  if (has_end) lines.remove_suffix(1);
  bool is_first = true;
  for (const std::string_view line : split(lines, '\n')) {
    if (!is_first) out.push_back('\n');
    is_first = false;
    out.append(inert_line(line));
  }
  return has_end ? out + "\n" : out;
}

std::string inert_json(std::string_view text) {
  return replace_all(text, "##[", "##\\u005b"); // "[" behind "##" is inside of a text
}

std::string fenced(std::string_view lines, std::string_view token) {
  return command("stop-commands", token) + std::string(lines) + "::" + std::string(token) + "::\n";
}

} // namespace deployctl::ui::github
