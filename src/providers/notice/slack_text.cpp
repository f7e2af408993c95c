#include "providers/notice/slack_text.hpp"

#include <array>

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl::providers::notice {

namespace {

constexpr std::size_t longest_text = 2'000; // characters of escaped text; a section takes 3,000
constexpr std::size_t longest_code = 2'800;
constexpr std::size_t longest_detail = 200;

struct Sign {
  std::string_view event;
  std::string_view emoji;
};
constexpr std::array<Sign, 5> signs = {{
    {"started", ":arrow_forward:"},
    {"approval", ":raised_hand:"},
    {"succeeded", ":white_check_mark:"},
    {"failed", ":x:"},
    {"rolled_back", ":leftwards_arrow_with_hook:"},
}};

std::string_view sign_of(const std::string& event) {
  for (const Sign& sign : signs)
    if (sign.event == event) return sign.emoji;
  return ":information_source:";
}

bool needs_somebody(const Told& told) {
  return told.is_bad() || told.name() == "approval";
}

std::string headline(const Told& told, const std::string& mention) {
  std::string line = std::string(sign_of(told.name())) + " " + slack_text(told.message(), longest_text);
  if (!mention.empty() && needs_somebody(told)) line = mention + " " + line;
  return line;
}

Value mrkdwn(std::string text) {
  return Value::Map{{"type", "mrkdwn"}, {"text", std::move(text)}};
}

Value section(std::string text) {
  return Value::Map{{"type", "section"}, {"text", mrkdwn(std::move(text))}};
}

std::string code(const std::string& text) {
  return "```" + slack_text(replace_all(text, "```", "'''"), longest_code) + "```";
}

// One line of small print; the CI job as a link.
Value small_print(const Told& told) {
  std::string line;
  for (const auto& [label, text] : told.details()) {
    if (label == "Help" || label == "Next") continue;
    const bool is_link = label == "CI job";
    const std::string shown = slack_text(text, longest_detail);
    if (!line.empty()) line += "  ·  ";
    line += is_link ? fmt::format("<{}|CI job>", shown) : fmt::format("{} {}", label, shown);
  }
  return Value::Map{{"type", "context"}, {"elements", Value::List{mrkdwn(line)}}};
}

Value::Map message_of(std::string text, Value::List blocks) {
  return {{"text", std::move(text)}, {"blocks", std::move(blocks)}, {"unfurl_links", false}};
}

} // namespace

std::string slack_text(std::string_view text, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t next = i + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U) ++next;
    std::string piece(text.substr(i, next - i));
    if (piece == "&") piece = "&amp;";
    if (piece == "<") piece = "&lt;";
    if (piece == ">") piece = "&gt;";
    if (out.size() + piece.size() > limit) return out + "…";
    out += piece;
    i = next;
  }
  return out;
}

Value::Map slack_message(const Told& told, const std::string& mention) {
  const std::string line = headline(told, mention);
  Value::List blocks = {section("*" + line + "*")};
  // A star in the text would end the bold type.
  if (line.find('*') != std::string::npos || line.find('\n') != std::string::npos) blocks = {section(line)};
  if (const Value print = small_print(told); !print.find_path("elements.0.text")->text()->empty())
    blocks.push_back(print);
  return message_of(line, std::move(blocks));
}

Value::Map slack_reply(const Told& told, const std::string& mention) {
  const std::string line = headline(told, mention);
  Value::List blocks = {section(line)};
  if (const std::string error = told.fact("error"); !error.empty()) blocks.push_back(section(code(error)));
  for (const char* name : {"help", "next_command"})
    if (const std::string text = told.fact(name); !text.empty())
      blocks.push_back(section(slack_text(text, longest_text)));
  return message_of(line, std::move(blocks));
}

} // namespace deployctl::providers::notice
