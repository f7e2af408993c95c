#include "providers/notice/told.hpp"

#include <array>
#include <chrono>

#include "base/crypto.hpp"
#include "base/members.hpp"
#include "base/time.hpp"

namespace deployctl::providers::notice {

namespace {

struct Detail {
  std::string_view fact;
  std::string_view label;
};
constexpr std::array<Detail, 10> shown = {{
    {"version", "Version"},
    {"previous_version", "Before"},
    {"commit", "Commit"},
    {"by", "By"},
    {"where", "Where"},
    {"took", "Took"},
    {"help", "Help"},
    {"next_command", "Next"},
    {"run", "Run"},
    {"job", "CI job"},
}};

} // namespace

std::string Told::name() const {
  const std::string name = fact("name");
  return name.empty() ? event_.type : name;
}

std::string Told::fact(std::string_view name) const {
  return text_at(event_.fields, name);
}

std::vector<std::string> Told::remote_ids() const {
  return texts_at(event_.fields, "remote_ids");
}

std::vector<std::pair<std::string, std::string>> Told::details() const {
  std::vector<std::pair<std::string, std::string>> details;
  for (const Detail& each : shown)
    if (std::string text = fact(each.fact); !text.empty()) details.emplace_back(each.label, std::move(text));
  return details;
}

std::string Told::id(std::string_view notice) const {
  return sha256_hex(fact("run") + "\n" + fact("started_at") + "\n" + name() + "\n" + std::string(notice))
      .substr(0, 32);
}

std::int64_t Told::milliseconds(std::string_view name) const {
  auto time = parse_time(fact(name));
  if (!time) time = parse_time(event_.time);
  if (!time) return 0;
  return std::chrono::duration_cast<std::chrono::milliseconds>(time->time_since_epoch()).count();
}

} // namespace deployctl::providers::notice
