#include "providers/host_facts.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "base/integer.hpp"
#include "base/strings.hpp"
#include "base/time.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers {
namespace {

constexpr std::string_view head = "deployctl-facts 1\n";
constexpr std::string_view tail = "\nend\n";
constexpr std::size_t most_fences = 64;

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> architectures = {{
    {"x86_64", "amd64"},
    {"amd64", "amd64"},
    {"aarch64", "arm64"},
    {"arm64", "arm64"},
    {"armv7l", "arm"},
    {"i686", "386"},
    {"riscv64", "riscv64"},
    {"ppc64le", "ppc64le"},
    {"s390x", "s390x"},
}};

// The next word, which is taken off the text.
std::string_view take_word(std::string_view& text) {
  const std::size_t space = text.find(' ');
  const std::string_view word = text.substr(0, space);
  text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  return word;
}

void take_time(std::string_view rest, HostFacts& facts) {
  facts.time = parse_integer<std::int64_t>(rest).value_or(0);
}

// "free KiB, folder, tab, mount point": both may hold spaces.
void take_disk(std::string_view rest, HostFacts& facts) {
  const auto free = parse_integer<std::int64_t>(take_word(rest));
  const std::size_t tab = rest.find('\t');
  if (!free || tab == std::string_view::npos) return;
  facts.disks[std::string(rest.substr(0, tab))] = {.mount = std::string(rest.substr(tab + 1)), .free = *free};
}

void take_tool(std::string_view rest, HostFacts& facts) {
  const std::string_view name = take_word(rest);
  facts.tools[std::string(name)] = std::string(rest);
}

void take_fence(std::string_view rest, HostFacts& facts) {
  const std::string_view name = take_word(rest);
  const auto epoch = parse_integer<std::int64_t>(take_word(rest));
  if (epoch && facts.fences.size() < most_fences)
    facts.fences.push_back({.name = std::string(name), .epoch = *epoch, .run = std::string(rest)});
}

using TakeText = std::string HostFacts::*;
constexpr std::array<std::pair<std::string_view, TakeText>, 4> texts = {{
    {"user", &HostFacts::user},
    {"home", &HostFacts::home},
    {"kernel", &HostFacts::kernel},
    {"machine", &HostFacts::machine},
}};

using Take = void (*)(std::string_view, HostFacts&);
constexpr std::array<std::pair<std::string_view, Take>, 4> takes = {{
    {"time", take_time},
    {"disk", take_disk},
    {"tool", take_tool},
    {"fence", take_fence},
}};

HostFacts parse_facts(std::string_view text) {
  HostFacts facts;
  for (const Line& line : key_lines(text)) {
    for (const auto& [key, member] : texts)
      if (key == line.key) facts.*member = line.rest;
    for (const auto& [key, take] : takes)
      if (key == line.key) take(line.rest, facts);
  }
  return facts;
}

// Where the line "ask N" begins at or behind `from`; only whole lines count.
std::size_t find_line(std::string_view text, const std::string& line, std::size_t from) {
  for (std::size_t at = text.find(line, from); at != std::string_view::npos; at = text.find(line, at + 1))
    if (at == 0 || text[at - 1] == '\n') return at;
  return std::string_view::npos;
}

} // namespace

std::string HostFacts::architecture() const {
  for (const auto& [uname, name] : architectures)
    if (uname == machine) return std::string(name);
  return machine;
}

Result<HostAnswer> parse_host_answer(std::string_view out, std::size_t questions) {
  const auto broken = [&](std::string_view what) {
    return fail(Cause::command_failed, fmt::format("the host's answer of {} bytes {}", out.size(), what));
  };
  if (!out.starts_with(head)) return broken("does not begin as it should");
  if (!out.ends_with(tail)) return broken("broke off");
  // From the line end of the first line to that before the last one.
  const std::string_view body = out.substr(head.size() - 1, out.size() - head.size() - tail.size() + 2);
  HostAnswer answer;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= questions; ++i) {
    const std::string mark = fmt::format("ask {}\n", i);
    const std::size_t next = find_line(body, mark, begin);
    const bool is_last = i == questions;
    if (is_last != (next == std::string_view::npos))
      return broken(fmt::format("does not answer {} questions", questions));
    const std::string_view part = body.substr(begin, is_last ? next : next - begin);
    if (i == 0)
      answer.facts = parse_facts(part);
    else
      answer.answers.push_back(part);
    begin = is_last ? body.size() : next + mark.size();
  }
  return answer;
}

std::int64_t clock_offset(const HostFacts& facts, std::chrono::system_clock::time_point before,
                          std::chrono::system_clock::time_point after) {
  using std::chrono::floor;
  using std::chrono::seconds;
  const std::int64_t earliest = floor<seconds>(before.time_since_epoch()).count();
  const std::int64_t latest = floor<seconds>(after.time_since_epoch()).count();
  if (facts.time < earliest) return facts.time - earliest;
  return facts.time > latest ? facts.time - latest : 0;
}

std::string host_time(std::string_view text) {
  std::int64_t seconds = 0;
  const bool whole = std::from_chars(text.data(), text.data() + text.size(), seconds).ec == std::errc();
  constexpr std::int64_t latest = 4'000'000'000; // a clock that is later than 2096 is wrong
  if (!whole || seconds <= 0 || seconds >= latest) return {};
  return format_time(WallTime(std::chrono::seconds(seconds)));
}

Value to_value(const HostFacts& facts, std::int64_t offset) {
  Value::Map disks, tools;
  for (const auto& [folder, disk] : facts.disks)
    disks.emplace(folder, Value::Map{{"mount", disk.mount}, {"free_kib", disk.free}});
  for (const auto& [name, version] : facts.tools) tools.emplace(name, version);
  Value::List fences;
  for (const FenceFacts& fence : facts.fences)
    fences.emplace_back(Value::Map{{"name", fence.name}, {"epoch", fence.epoch}, {"run", fence.run}});
  return Value::Map{{"user", facts.user},
                    {"home", facts.home},
                    {"kernel", facts.kernel},
                    {"architecture", facts.architecture()},
                    {"clock_offset_seconds", offset},
                    {"disks", std::move(disks)},
                    {"tools", std::move(tools)},
                    {"fences", std::move(fences)}};
}

} // namespace deployctl::providers
