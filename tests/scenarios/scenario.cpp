#include "scenarios/scenario.hpp"

#include <algorithm>
#include <stdexcept>

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "base/json.hpp"
#include "base/strings.hpp"
#include "scenarios/fault.hpp"
#include "scenarios/world_text.hpp"

namespace deployctl::scenarios {
namespace {

constexpr std::chrono::minutes between_commands{1}; // people take their time

std::string program_path() {
  const char* path = std::getenv("PATH");
  return path ? path : "/usr/bin:/bin";
}

std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  for (const std::string_view word : split(line, ' ')) words.emplace_back(word);
  return words;
}

} // namespace

Scenario::Scenario(const std::filesystem::path& folder)
    : script_(read_script(folder / "script.yaml")), place_(folder),
      transcript_(place_.root().string()), environment_{{"PATH", program_path()},
                                                        {"HOME", place_.root().string()},
                                                        {"USER", "ann"},
                                                        {"COLUMNS", "110"},
                                                        {"GIT_CONFIG_GLOBAL", "/dev/null"}} {}

Scenario::~Scenario() {
  if (beside_) world_->release();
}

const std::map<std::string, Scenario::Verb, std::less<>>& Scenario::verbs() {
  static const std::map<std::string, Verb, std::less<>> table = {
      {"say", &Scenario::say},
      {"edit", &Scenario::edit},
      {"write", &Scenario::write},
      {"commit", &Scenario::commit},
      {"tag", &Scenario::tag},
      {"checkout", &Scenario::checkout},
      {"put", &Scenario::put},
      {"erase", &Scenario::erase},
      {"samples", &Scenario::samples},
      {"data", &Scenario::data},
      {"fault", &Scenario::fault},
      {"delay", &Scenario::delay},
      {"variables", &Scenario::variables},
      {"advance", &Scenario::advance},
      {"run", &Scenario::run},
      {"start", &Scenario::start},
      {"until", &Scenario::until},
      {"held", &Scenario::held},
      {"done", &Scenario::done},
      {"release", &Scenario::release},
      {"signal", &Scenario::signal},
      {"finish", &Scenario::finish},
      {"world", &Scenario::world},
      {"holds", &Scenario::holds},
      {"effects", &Scenario::effects},
      {"ordered", &Scenario::ordered},
  };
  return table;
}

std::string Scenario::play() {
  transcript_.line(script_.title);
  transcript_.line(std::string(script_.title.size(), '='));
  for (std::size_t i = 0; i < script_.steps.size(); ++i) {
    const yaml::Entry& step = *script_.steps[i];
    const auto verb = verbs().find(step.key);
    if (verb == verbs().end()) throw std::runtime_error("no verb '" + step.key + "'");
    INFO("step " << i + 1 << ", " << step.key << ": " << step.value.text);
    (this->*verb->second)(step.value, *script_.details[i]);
  }
  if (beside_) throw std::runtime_error("a program was started and not finished");
  return transcript_.plain();
}

void Scenario::aside(const std::string& text) {
  transcript_.line("  ~ " + text);
}

void Scenario::say(const yaml::Node& what, const Details&) {
  transcript_.line("");
  transcript_.text("# " + what.text + (what.text.ends_with('\n') ? "" : "\n"));
}

void Scenario::edit(const yaml::Node& what, const Details&) {
  const std::string from = text_of(what, "from");
  const std::string to = text_of(what, "to");
  const std::string file = text_of(what, "file", "deploy.yaml");
  std::string text = place_.read(file);
  const auto at = text.find(from);
  if (from.empty() || at == std::string::npos) throw std::runtime_error("'" + from + "' is not in " + file);
  place_.write(file, text.replace(at, from.size(), to));
  aside(fmt::format("{}: '{}' becomes '{}'", file, trim(from), trim(to)));
}

void Scenario::write(const yaml::Node& what, const Details&) {
  for (const yaml::Entry& file : what.entries) {
    place_.write(file.key, file.value.text);
    aside(file.key + " is written");
  }
}

void Scenario::commit(const yaml::Node& what, const Details& details) {
  const std::string author = text_of(details, "author", "Ann");
  place_.git("add -A", machine_.clock);
  place_.git("commit -q --allow-empty -m '" + what.text + "'", machine_.clock, author);
  aside(fmt::format("{} commits \"{}\"", author, what.text));
  machine_.clock.advance(between_commands);
}

void Scenario::tag(const yaml::Node& what, const Details&) {
  place_.git("tag " + what.text, machine_.clock);
  aside("git tag " + what.text);
}

void Scenario::checkout(const yaml::Node& what, const Details&) {
  place_.git("checkout -q " + what.text, machine_.clock);
  aside("git checkout " + what.text);
}

void Scenario::put(const yaml::Node& what, const Details&) {
  for (const yaml::Entry& entry : what.entries) {
    simulated::Thing thing = world_->thing(entry.key).value_or(simulated::Thing());
    const Value fields = value_of(entry.value);
    for (const auto& [name, value] : *fields.map()) thing.managed[name] = value;
    world_->put(entry.key, thing);
    aside(fmt::format("somebody sets {}: {}", entry.key, to_json(fields)));
  }
}

void Scenario::erase(const yaml::Node& what, const Details&) {
  world_->erase(what.text);
  aside("somebody removes " + what.text);
}

void Scenario::samples(const yaml::Node& what, const Details&) {
  for (const yaml::Entry& entry : what.entries) {
    const Value values = value_of(entry.value);
    world_->set_samples(entry.key, *values.list());
    aside(fmt::format("{} will measure {}", entry.key, to_json(values)));
  }
}

void Scenario::data(const yaml::Node& what, const Details&) {
  for (const yaml::Entry& entry : what.entries) {
    world_->set_data(entry.key, value_of(entry.value));
    aside(fmt::format("{} is {}", entry.key, to_json(value_of(entry.value))));
  }
}

void Scenario::fault(const yaml::Node& what, const Details& details) {
  const simulated::Rule rule = read_fault(what.text, details);
  aside(fault_text(rule, what.text));
  world_->add(rule);
}

void Scenario::delay(const yaml::Node& what, const Details& details) {
  const std::string by = text_of(details, "by");
  world_->delay(what.text, parse_duration(by).value());
  aside(fmt::format("every effect of {} takes {}", what.text, by));
}

void Scenario::variables(const yaml::Node& what, const Details&) {
  for (const yaml::Entry& entry : what.entries) environment_[entry.key] = entry.value.text;
}

void Scenario::advance(const yaml::Node& what, const Details&) {
  machine_.clock.advance(parse_duration(what.text).value());
  aside(what.text + " later");
}

std::unique_ptr<ProgramRun> Scenario::begin(const std::string& words) {
  machine_.clock.advance(between_commands);
  transcript_.line("");
  transcript_.line("$ deployctl " + words);
  return std::make_unique<ProgramRun>(
      Setting{.machine = machine_, .world = world_, .environment = environment_},
      words_of(transcript_.with_ids(words)));
}

void Scenario::conclude(ProgramRun& program, const std::string& code, const std::string& from) {
  const auto ended = program.code();
  const std::string text = program.output().text();
  const auto at = from.empty() ? 0 : text.find(from);
  if (at == std::string::npos) throw std::runtime_error("it does not say '" + from + "':\n" + text);
  transcript_.text((at > 0 ? "(...)\n" : "") + text.substr(at));
  transcript_.line(ended ? fmt::format("[exit {}]", *ended) : "[killed]");
  INFO(transcript_.plain());
  CHECK((ended ? std::to_string(*ended) : "died") == code);
}

void Scenario::run(const yaml::Node& what, const Details& details) {
  conclude(*begin(what.text), text_of(details, "exit", "0"), text_of(details, "from"));
}

void Scenario::start(const yaml::Node& what, const Details&) {
  if (beside_) throw std::runtime_error("one program at a time stands beside the script");
  beside_ = begin(what.text);
  transcript_.line("  ~ it runs; what it says stands where it ends");
}

void Scenario::until(const yaml::Node& what, const Details&) {
  INFO(beside_->output().text());
  REQUIRE(beside_->output().wait_for(what.text));
  aside(fmt::format("it says \"{}\"", what.text));
}

void Scenario::done(const yaml::Node& what, const Details&) {
  INFO(beside_->output().text());
  REQUIRE(world_->wait_until_done(std::stoul(what.text)));
}

void Scenario::held(const yaml::Node& what, const Details&) {
  const std::size_t count = std::stoul(what.text);
  INFO(beside_->output().text());
  REQUIRE(world_->wait_until_held(count));
  CHECK(world_->most_held() == count);
  aside(fmt::format("{} {} under way, and never were there more", count,
                    count == 1 ? "effect is" : "effects are"));
}

void Scenario::release(const yaml::Node& what, const Details&) {
  if (what.text == "all") world_->release();
  if (what.text != "all") world_->release(what.text == "one" ? "" : what.text);
  aside(what.text + " may go on");
}

void Scenario::signal(const yaml::Node& what, const Details&) {
  ::kill(::getpid(), what.text == "INT" ? SIGINT : SIGTERM);
  aside("SIG" + what.text + " arrives");
}

void Scenario::finish(const yaml::Node& what, const Details& details) {
  transcript_.line("  ~ what it said:");
  conclude(*beside_, what.text, text_of(details, "from"));
  beside_.reset();
}

void Scenario::world(const yaml::Node&, const Details&) {
  transcript_.line("");
  transcript_.line("the world now:");
  for (const std::string& line : things_text(world_->things())) transcript_.line("  " + line);
}

void Scenario::holds(const yaml::Node& what, const Details&) {
  for (const yaml::Entry& entry : what.entries) {
    INFO(entry.key);
    CHECK(thing_text(world_->thing(entry.key)) == entry.value.text);
  }
}

void Scenario::ordered(const yaml::Node& what, const Details&) {
  std::string text;
  std::ptrdiff_t last = -1;
  const std::vector<simulated::Done> effects = world_->effects();
  for (const yaml::Node& step : what.items) {
    const auto found = std::find_if(effects.begin(), effects.end(),
                                    [&](const simulated::Done& done) { return done.step == step.text; });
    INFO(step.text);
    CHECK(found - effects.begin() > last);
    last = found - effects.begin();
    text += (text.empty() ? "" : " came before ") + step.text;
  }
  aside(text);
}

void Scenario::effects(const yaml::Node& what, const Details&) {
  const std::vector<std::string> log = world_->log();
  const std::vector<std::string> fresh(log.begin() + static_cast<std::ptrdiff_t>(effects_shown_), log.end());
  effects_shown_ = log.size();
  transcript_.line("");
  transcript_.line("effects since then: " + (fresh.empty() ? "none" : std::to_string(fresh.size())));
  if (what.text != "counted")
    for (const std::string& line : fresh) transcript_.line("  " + line);
  if (what.text == "none") CHECK(fresh.empty());
}

} // namespace deployctl::scenarios
