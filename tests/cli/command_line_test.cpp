#include <set>

#include <catch2/catch.hpp>

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/options.hpp"

using namespace deployctl::cli;

namespace {

tl::expected<CommandLine, UsageError> parse(std::vector<std::string> words) {
  return parse_command_line(words);
}

UsageError refused(std::vector<std::string> words) {
  const auto line = parse(std::move(words));
  REQUIRE_FALSE(line);
  return line.error();
}

} // namespace

TEST_CASE("command line: flags may stand before and behind the command and its arguments") {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"-C", "there", "plan", "production", "-o", "x.plan"},
           {"plan", "production", "-o", "x.plan", "-C", "there"},
           {"plan", "--out=x.plan", "--directory=there", "production"},
           {"plan", "-C", "there", "--out", "x.plan", "--", "production"}}) {
    const auto line = parse(words);
    REQUIRE(line);
    CHECK(line->command->name == "plan");
    CHECK(line->arguments == std::vector<std::string>{"production"});
    CHECK(line->value("out") == "x.plan");
    CHECK(line->value("directory") == "there");
  }
}

TEST_CASE("command line: commands of two words, and a value that looks like a command") {
  CHECK(parse({"lock", "list"})->command->name == "lock list");
  CHECK(parse({"provider", "list", "--output", "json"})->command->name == "provider list");
  const auto line = parse({"-f", "plan", "lock", "production", "-m", "list"});
  REQUIRE(line);
  CHECK(line->command->name == "lock");
  CHECK(line->value("file") == "plan");
  CHECK(line->value("message") == "list");
}

TEST_CASE("command line: repeated flags keep every value in order, single ones the last") {
  const auto line =
      parse({"plan", "production", "--set", "a=1", "--set=b=2", "--output", "text", "--output", "json"});
  REQUIRE(line);
  CHECK(line->values("set") == std::vector<std::string>{"a=1", "b=2"});
  CHECK(line->value("output") == "json");
}

TEST_CASE("command line: a mistyped command or flag names its neighbours") {
  CHECK(refused({"plna"}).help == "similar names exist: 'plan'");
  CHECK(refused({"aply", "production"}).help.find("'apply'") != std::string::npos);
  const UsageError flag = refused({"plan", "production", "--outptu", "json"});
  CHECK(flag.message == "unknown flag '--outptu' of 'plan'");
  CHECK(flag.help.find("'--output'") != std::string::npos);
  CHECK(refused({"provider"}).help.find("'provider list'") != std::string::npos);
}

TEST_CASE("command line: usage errors say what is wanted, in our words") {
  CHECK(refused({}).message == "a command is needed");
  CHECK(refused({"plan"}).message == "'plan' needs ENV: an environment of the pipeline");
  CHECK(refused({"plan", "a", "b"}).message == "unexpected argument 'b'");
  CHECK(refused({"plan", "a", "--out"}).message == "flag '--out' needs a value: FILE");
  CHECK(refused({"plan", "a", "-o"}).message == "flag '--out' needs a value: FILE");
  CHECK(refused({"plan", "a", "--output", "xml"}).help == "one of text, json, ndjson");
  CHECK(refused({"plan", "a", "--timeout", "5"}).help.find("unit") != std::string::npos);
  CHECK(refused({"plan", "a", "--parallel", "0"}).message == "'0' is not a number for '--parallel'");
  CHECK(refused({"plan", "a", "--parallel", "-3"}).command != nullptr);
  CHECK(refused({"apply", "a", "-x"}).message == "unknown flag '-x' of 'apply'");
}

TEST_CASE("command line: a switch takes no value, so that --yes=false is not consent") {
  CHECK(refused({"apply", "production", "--yes=false"}).message == "flag '--yes' takes no value");
  CHECK(refused({"apply", "production", "--yes=no"}).message == "flag '--yes' takes no value");
}

TEST_CASE("command line: what a later version has is refused by name") {
  CHECK(refused({"init", "--from", "kamal"}).message == "flag '--from' is not in this version");
}

TEST_CASE("command line: help wins over missing arguments") {
  CHECK(parse({"plan", "--help"})->help);
  CHECK(parse({"apply", "-h"})->help);
}

TEST_CASE("options: contradictions are refused") {
  const auto options = [](std::vector<std::string> words) { return read_options(*parse(std::move(words))); };
  CHECK_FALSE(options({"plan", "a", "-q", "-v"}));
  CHECK_FALSE(options({"apply", "a", "--lock-wait", "5m", "--lock-policy", "fail"}));
  CHECK_FALSE(options({"plan", "a", "--set", "novalue"}));
  CHECK_FALSE(options({"plan", "a", "--set", "=x"}));
  CHECK_FALSE(options({"validate", "x.yaml", "-f", "y.yaml"}));
}

TEST_CASE("options: a wait for the lock is always bounded, and --lock-wait asks for one") {
  const auto options = [](std::vector<std::string> words) { return *read_options(*parse(std::move(words))); };
  CHECK(options({"apply", "a"}).lock_policy == deployctl::engine::LockPolicy::fail);
  CHECK(options({"apply", "a", "--lock-wait", "5m"}).lock_policy == deployctl::engine::LockPolicy::wait);
  CHECK(options({"apply", "a", "--lock-policy", "wait"}).lock_wait == longest_lock_wait);
  CHECK(options({"apply", "a", "--set", "x=a=b"}).set.at("x") == "a=b");
  CHECK(options({"validate", "x.yaml"}).file == "x.yaml");
}

TEST_CASE("commands: every row has what help, completion and the reference need") {
  for (const Command& command : all_commands()) {
    INFO(command.name);
    CHECK_FALSE(command.summary.empty());
    if (!command.run) continue;
    CHECK(command.summary.back() == '.');
    CHECK((command.hidden || !command.examples.empty()));
    std::set<std::string_view> names;
    std::set<char> letters{'h'};
    for (const auto* flags : {&command.flags, &global_flags()})
      for (const Flag& flag : *flags) {
        INFO(flag.name);
        CHECK(names.insert(flag.name).second);
        CHECK((flag.letter == 0 || letters.insert(flag.letter).second));
        CHECK((flag.since == Since::later || !flag.help.empty()));
        CHECK((flag.kind != ValueKind::choice || !flag.choices.empty()));
      }
  }
}

TEST_CASE("commands: every example parses") {
  for (const Command& command : all_commands())
    for (const Example& example : command.examples) {
      std::vector<std::string> words;
      std::string word;
      bool quoted = false;
      for (const char letter : std::string(example.words) + " ") {
        if (letter == '\'')
          quoted = !quoted;
        else if (letter != ' ' || quoted)
          word += letter;
        else if (word == ">")
          break;
        else if (!word.empty())
          words.push_back(std::exchange(word, {}));
      }
      INFO(example.words);
      const auto line = parse(words);
      CHECK(line.has_value());
      if (line) CHECK(line->command == &command);
    }
}
