#include "providers/host/release_observation.hpp"

#include <charconv>
#include <optional>

#include "base/json.hpp"
#include "providers/host_facts.hpp"
#include "providers/host_script.hpp"
#include "providers/ownership.hpp"

namespace deployctl::providers::host {
namespace {

std::string_view without_dot(std::string_view name) {
  return name.starts_with("./") ? name.substr(2) : name;
}

// GNU sha256sum writes '\' before a line whose name it escaped.
std::string unescaped(std::string_view name) {
  std::string result;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '\\' && i + 1 < name.size()) ++i;
    result += name[i];
  }
  return result;
}

void take_digest(Value::Map& entries, std::string_view rest) {
  const bool escaped = rest.starts_with('\\');
  if (escaped) rest.remove_prefix(1);
  if (rest.size() < 67) return; // 64 digits, two separators, a name
  const std::string_view name = without_dot(rest.substr(66));
  entries[escaped ? unescaped(name) : std::string(name)]["sha256"] = rest.substr(0, 64);
}

void take_mode(Value::Map& entries, std::string_view rest) {
  const auto space = rest.find(' ');
  if (space == std::string_view::npos) return;
  int mode = 0;
  if (std::from_chars(rest.data(), rest.data() + space, mode, 8).ec != std::errc()) return;
  entries[std::string(without_dot(rest.substr(space + 1)))]["mode"] = mode;
}

void take_link(Value::Map& entries, std::string_view rest) {
  const auto tab = rest.find('\t');
  if (tab == std::string_view::npos) return;
  entries.insert_or_assign(std::string(without_dot(rest.substr(0, tab))),
                           Value::Map{{"link", rest.substr(tab + 1)}});
}

// One line of a listing: "f DIGEST  ./name", "m 644 ./name", "l ./name<tab>target"; "owner" and "group" are
// no entries.
void take_entry(Value::Map& entries, std::string_view line) {
  if (line.size() < 3 || line[1] != ' ') return;
  const std::string_view rest = line.substr(2);
  if (line[0] == 'f') take_digest(entries, rest);
  if (line[0] == 'm') take_mode(entries, rest);
  if (line[0] == 'l') take_link(entries, rest);
}

void compare(const Value::Map& now, const Value::Map& was, Observation& seen) {
  Value::Map kept, drift;
  for (const auto& [name, entry] : was) {
    const auto found = now.find(name);
    if (found != now.end()) kept.emplace(name, found->second);
    if (found == now.end() || found->second != entry)
      drift.emplace(name, Value::Map{{"now", found == now.end() ? Value() : found->second}, {"was", entry}});
  }
  std::int64_t extra = 0;
  for (const auto& [name, entry] : now) extra += was.contains(name) ? 0 : 1;
  if (extra > 0) seen.facts["extra"] = extra;
  seen.managed["files"] = Value::Map{{"entries", std::move(kept)}};
  if (!drift.empty()) seen.managed["drift"] = std::move(drift);
}

void take_revision(std::string_view text, Observation& seen) {
  const auto revision = parse_json(text, JsonMode::plain);
  if (!revision) return; // not ours: everything in it counts as different
  for (const char* key : {"digest", "archive"})
    if (const Value* found = revision->find(key); found && found->text()) seen.managed[key] = *found;
  if (const Value* version = revision->find("version"); version && version->text())
    seen.facts["version"] = *version;
  if (const Value* answer = revision->find("answer"); answer && answer->map()) seen.facts["answer"] = *answer;
}

void take_fact(const Line& line, Observation& seen, Value::List& kept, std::string& unit_file) {
  if (line.key == "current" || line.key == "switched") seen.managed[line.key] = line.rest;
  if (line.key == "blocked") seen.facts["not_a_link"] = true;
  if (line.key == "dangling") seen.facts[line.key] = true;
  if (line.key == "run" && !line.rest.empty()) seen.facts["run"] = line.rest;
  if (line.key == "text") unit_file += std::string(line.rest) + "\n";
  if (line.key == "kept") kept.emplace_back(line.rest);
  if (line.key == "since")
    if (std::string since = host_time(line.rest); !since.empty()) seen.facts["since"] = std::move(since);
  if (line.key == "revision") take_revision(line.rest, seen);
  std::int64_t kibibytes = 0;
  if (line.key == "free" &&
      std::from_chars(line.rest.data(), line.rest.data() + line.rest.size(), kibibytes).ec == std::errc())
    seen.facts["free"] = kibibytes;
  if (line.key == "sudo" || line.key == "taken") seen.facts[line.key] = line.rest;
  constexpr std::string_view restarts = "NRestarts=";
  if (line.key == "unit" && line.rest.starts_with(restarts))
    seen.facts["restarts"] = line.rest.substr(restarts.size());
  constexpr std::string_view state = "ActiveState=";
  if (line.key == "unit" && line.rest.starts_with(state)) seen.facts["unit"] = line.rest.substr(state.size());
}

} // namespace

Observation read_release(std::string_view out) {
  Observation seen{.managed = Value::Map{}, .facts = Value::Map{}};
  Value::Map now, was;
  Value::List kept;
  std::string unit_file;
  for (const Line& line : key_lines(out)) {
    if (line.key == "now") {
      take_entry(now, line.rest);
      for (const Line& listed : key_lines(line.rest)) read_ownership(listed, seen.facts);
    } else if (line.key == "was")
      take_entry(was, line.rest);
    else
      take_fact(line, seen, kept, unit_file);
  }
  if (!kept.empty()) seen.facts["kept"] = std::move(kept);
  // The script ends a file that does not end its last line.
  if (unit_file.ends_with("\n\n")) unit_file.pop_back();
  if (!unit_file.empty()) seen.facts["unit_file"] = unit_file;
  seen.exists = seen.managed.find("current") != nullptr;
  if (!seen.exists) {
    seen.managed = {};
    return seen;
  }
  compare(now, was, seen);
  if (!unit_file.empty()) seen.managed["unit_file"] = unit_file;
  const Value* unit = seen.facts.find("unit");
  seen.healthy = !seen.facts.find("dangling") && (!unit || *unit == Value("active"));
  return seen;
}

} // namespace deployctl::providers::host
