#include "config/sample_world.hpp"

#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>

#include "base/json.hpp"
#include "base/source.hpp"
#include "config/digest.hpp"
#include "config/load.hpp"
#include "config/sample_catalog.hpp"
#include "yaml/document.hpp"

namespace sample {

using namespace deployctl;

namespace {

const std::string sha(64, 'a');

Result<Value> answer(const std::string& path, const std::set<std::string>& known,
                     const std::set<std::string>& outside, Value value) {
  if (outside.contains(path))
    return fail(Cause::permission, "it leaves the pipeline's folder by a link", "name a path inside");
  if (!known.contains(path)) return fail(Cause::not_found, "no such file");
  return value;
}

std::string rest_of(std::istringstream& line) {
  std::string rest;
  std::getline(line >> std::ws, rest);
  return rest;
}

std::pair<std::string, std::string> pair_of(const std::string& text) {
  const auto equals = text.find('=');
  return {text.substr(0, equals), text.substr(equals + 1)};
}

config::GitFacts& git_of(World& world) {
  if (!world.facts.git) world.facts.git.emplace();
  return *world.facts.git;
}

using Setter = std::function<void(World&, std::istringstream&)>;

void set_git(World& world, std::istringstream& line) {
  std::string key;
  line >> key;
  const auto value = rest_of(line);
  auto& git = git_of(world);
  const std::map<std::string, std::function<void()>> keys = {
      {"sha", [&] { git.sha = value, git.short_sha = value.substr(0, 7); }},
      {"branch", [&] { git.branch = value; }},
      {"tag", [&] { git.tag = value, git.tags.push_back(value); }},
      {"describe", [&] { git.describe = value, git.dirty = value.find("-dirty") != std::string::npos; }},
  };
  keys.at(key)();
}

const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> table = {
      {"validate", [](World&, std::istringstream&) {}},
      {"load", [](World& world, std::istringstream& line) { world.environment = rest_of(line); }},
      {"env", [](World& world,
                 std::istringstream& line) { world.facts.environment.insert(pair_of(rest_of(line))); }},
      {"set", [](World& world, std::istringstream& line) { world.facts.set.insert(pair_of(rest_of(line))); }},
      {"version", [](World& world, std::istringstream& line) { world.facts.version = rest_of(line); }},
      {"run", [](World& world, std::istringstream& line) { world.facts.run_id = rest_of(line); }},
      {"git", set_git},
      {"live",
       [](World& world, std::istringstream& line) {
         std::string step;
         std::string output;
         line >> step >> output;
         world.facts.live_outputs[step][output] = rest_of(line);
       }},
      {"file", [](World& world, std::istringstream& line) { world.files.files.insert(rest_of(line)); }},
      {"tree", [](World& world, std::istringstream& line) { world.files.trees.insert(rest_of(line)); }},
      {"outside", [](World& world, std::istringstream& line) { world.files.outside.insert(rest_of(line)); }},
  };
  return table;
}

std::string lines_of(const Diagnostic& diagnostic, const LineTable& table, std::string_view text) {
  const auto [line, column] = table.position(diagnostic.span.begin);
  const auto source =
      std::string(text.substr(diagnostic.span.begin, diagnostic.span.end - diagnostic.span.begin));
  std::ostringstream out;
  out << (diagnostic.severity == Severity::error ? "error " : "warning ") << diagnostic.code << " " << line
      << ":" << column << " [" << source.substr(0, source.find('\n')) << "] " << diagnostic.message << "\n";
  if (!diagnostic.label.empty()) out << "    label: " << diagnostic.label << "\n";
  if (!diagnostic.help.empty()) out << "    help: " << diagnostic.help << "\n";
  for (const auto& note : diagnostic.notes) {
    out << "    note: " << note.text;
    if (note.span) out << " (line " << table.position(note.span->begin).line << ")";
    out << "\n";
  }
  return out.str();
}

} // namespace

Result<Value> Files::file(const std::string& path) const {
  return answer(path, files, outside,
                Value::Map{{"path", path}, {"sha256", sha}, {"size", 3}, {"mode", 420}});
}

Result<Value> Files::tree(const std::string& path) const {
  return answer(path, trees, outside, Value::Map{{"path", path}, {"sha256", sha}, {"entries", Value::Map{}}});
}

bool Files::exists(const std::string& path) const {
  return files.contains(path) || trees.contains(path);
}

World read_world(const std::string& text) {
  World world;
  world.facts.run_id = "01RUN";
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::string key;
    words >> key;
    const auto setter = setters().find(key);
    if (setter == setters().end()) throw std::runtime_error("unknown line in a world file: " + line);
    setter->second(world, words);
  }
  return world;
}

std::vector<std::string> zones() {
  return {"Asia/Taipei", "Asia/Tokyo", "Europe/Berlin", "UTC"};
}

std::string transcript(const std::string& yaml, const World& world) {
  const auto parsed = yaml::parse("deploy.yaml", yaml);
  const LineTable table(yaml);
  std::string out;
  for (const auto& diagnostic : parsed.diagnostics) out += lines_of(diagnostic, table, yaml);
  if (!parsed.document) return out;
  const auto known = catalog();
  const config::Probes probes{.files = world.files, .zones = zones};
  const config::Subject subject{*parsed.document, world.facts, known, probes};
  config::Outcome outcome;
  if (world.environment.empty())
    outcome.diagnostics = config::validate(subject);
  else
    outcome = config::load(subject, world.environment);
  for (const auto& diagnostic : outcome.diagnostics) out += lines_of(diagnostic, table, yaml);
  if (outcome.pipeline) out += to_pretty_json(config::pipeline_value(*outcome.pipeline));
  if (out.empty()) out = "valid\n";
  return out;
}

} // namespace sample
