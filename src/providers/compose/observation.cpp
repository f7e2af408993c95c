#include "providers/compose/observation.hpp"

#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "providers/host_facts.hpp"
#include "providers/host_script.hpp"

namespace deployctl::providers::compose {
namespace {

constexpr std::size_t digest_digits = 64;

// "DIGEST  ./name", as sha256sum has it; a name that it had to escape is left out.
void take_file(Value::Map& now, std::string_view line) {
  if (line.size() < digest_digits + 3 || line.starts_with('\\')) return;
  std::string_view name = line.substr(digest_digits + 2);
  if (name.starts_with("./")) name.remove_prefix(2);
  now.insert_or_assign(std::string(name), Value::Map{{"sha256", line.substr(0, digest_digits)}});
}

void take_engine(Seen& seen, const Line& line) {
  if (line.key == "tool") seen.tool = read_tool(line.rest);
  if (line.key == "engine") seen.engine = line.rest;
  if (line.key == "no-engine") seen.no_engine = line.rest.empty() ? "it does not answer" : line.rest;
  if (line.key == "container")
    if (auto container = read_container(line.rest)) seen.standing.containers.push_back(*std::move(container));
  if (line.key == "volume")
    if (auto volume = read_volume(line.rest)) seen.standing.volumes.push_back(*std::move(volume));
}

void take_live(Seen& seen, const Line& line) {
  if (line.key == "root") seen.standing.root = line.rest;
  if (line.key == "up") seen.up = line.rest;
  if (line.key == "current") seen.current = line.rest;
  if (line.key == "since") seen.since = host_time(line.rest);
  if (line.key == "blocked") seen.is_blocked = true;
  if (line.key == "changed") seen.is_env_changed = true;
  if (line.key == "kept") seen.kept.emplace_back(line.rest);
  if (line.key == "now") take_file(seen.now, line.rest);
  if (line.key == "revision")
    if (auto revision = parse_json(line.rest, JsonMode::plain); revision && revision->map())
      seen.revision = *std::move(revision);
  if (line.key == "live")
    if (const auto noted = parse_json(line.rest, JsonMode::plain))
      seen.hashes = text_map_at(*noted, "hashes");
}

void take_rendering(Seen& seen, const Line& line) {
  if (line.key == "place") seen.place = line.rest;
  if (line.key == "model") seen.model += std::string(line.rest) + "\n";
  if (line.key == "refused" && !trim(line.rest).empty()) seen.refused.emplace_back(trim(line.rest));
}

// The files that the release brought, with the bytes that they have now.
Value files_now(const Seen& seen, const Value& recorded) {
  Value::Map entries;
  const Value* listed = recorded.find("entries");
  if (listed && listed->map())
    for (const auto& [name, entry] : *listed->map()) {
      Value known = entry;
      const auto now = seen.now.find(name);
      if (now == seen.now.end() && !entry.find("link")) continue; // it is gone
      if (now != seen.now.end() && known.map()) known["sha256"] = text_at(now->second, "sha256");
      entries.emplace(name, std::move(known));
    }
  return Value::Map{{"entries", std::move(entries)}};
}

Value managed_of(const Seen& seen) {
  Value managed = Value::Map{{"release", seen.current}, {"up", seen.up}};
  for (const char* name : {"services", "volumes", "env"})
    if (const Value* found = seen.revision.find(name)) managed[name] = *found;
  const Value* files = seen.revision.find("files");
  managed["files"] = files_now(seen, files ? *files : Value());
  if (seen.is_env_changed) managed["env_file"] = "changed by hand";
  const Value* expected = seen.revision.find_path("project.expected");
  Value::Map running;
  for (const auto& [service, why] :
       deviations(expected_from(expected ? *expected : Value()), seen.standing.containers, seen.hashes))
    running.emplace(service, why);
  if (!running.empty()) managed["running"] = std::move(running);
  return managed;
}

} // namespace

Seen read_project(std::string_view answer) {
  Seen seen;
  for (const Line& line : key_lines(answer)) {
    take_engine(seen, line);
    take_live(seen, line);
    take_rendering(seen, line);
  }
  return seen;
}

Observation observation_of(const Seen& seen) {
  Observation result{.exists = !seen.current.empty(), .managed = Value::Map{}, .facts = Value::Map{}};
  if (seen.tool) result.facts["tool"] = tool_value(*seen.tool);
  if (!seen.engine.empty()) result.facts["engine"] = seen.engine;
  if (seen.is_blocked) result.facts["not_a_link"] = true;
  if (!seen.up.empty()) result.facts["up"] = seen.up;
  Value::Map restarts;
  for (const Container& container : seen.standing.containers)
    if (container.restarts > 0) restarts.emplace(container.id, container.restarts);
  if (!restarts.empty()) result.facts["restarts"] = std::move(restarts);
  if (!seen.kept.empty()) result.facts["kept"] = Value::List(seen.kept.begin(), seen.kept.end());
  if (const Value* project = seen.revision.find("project")) result.facts["project"] = *project;
  if (!result.exists) return result;
  result.managed = managed_of(seen);
  result.healthy = !result.managed.find("running");
  return result;
}

} // namespace deployctl::providers::compose
