#include "cli/completer.hpp"

#include <algorithm>
#include <array>

#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/help.hpp"

namespace deployctl::cli {
namespace {

std::vector<Candidate> topic_candidates(const Command& command) {
  if (command.name == "completion") return {{"bash", ""}, {"fish", ""}, {"zsh", ""}};
  std::vector<Candidate> out;
  for (const std::string& name : command_names())
    out.push_back({name, std::string(find_command(name)->summary)});
  for (const Topic& topic : help_topics())
    out.push_back({std::string(topic.name), std::string(topic.summary)});
  return out;
}

// Those that tell about runs; the others go on with one that is not over.
bool is_about_any_run(const Command& command) {
  static constexpr std::array<std::string_view, 2> names = {"logs", "report"};
  return std::find(names.begin(), names.end(), command.name) != names.end();
}

// The next word of every command whose words so far are these: "lock" leads to "list".
std::vector<Candidate> command_candidates(const std::string& before) {
  std::vector<Candidate> out;
  const std::string prefix = before.empty() ? "" : before + " ";
  for (const std::string& name : command_names()) {
    if (!name.starts_with(prefix) || name.size() == prefix.size()) continue;
    const std::string rest = name.substr(prefix.size());
    const std::string word = rest.substr(0, rest.find(' '));
    const auto same =
        std::find_if(out.begin(), out.end(), [&](const Candidate& one) { return one.value == word; });
    if (same == out.end())
      out.push_back({word, word == rest ? std::string(find_command(name)->summary) : ""});
  }
  return out;
}

std::vector<Candidate> flag_candidates(const Command* command) {
  std::vector<Candidate> out;
  const auto add = [&](const std::vector<Flag>& flags) {
    for (const Flag& flag : flags)
      if (flag.since == Since::now) out.push_back({"--" + std::string(flag.name), std::string(flag.help)});
  };
  if (command) add(command->flags);
  add(global_flags());
  out.push_back({"--help", "show help"});
  return out;
}

class Line {
public:
  Line(std::span<const std::string> words, const ProjectNames& names)
      : names_(names), current_(words.empty() ? std::string() : words.back()),
        before_(words.begin(), words.empty() ? words.end() : words.end() - 1),
        found_(find_command_words(before_)) {}

  [[nodiscard]] const std::string& current() const { return current_; }

  [[nodiscard]] Completion answer() const {
    if (const Flag* flag = flag_that_wants_a_value()) return value_of(*flag, "");
    const std::size_t equals = current_.find('=');
    if (current_.starts_with("--") && equals != std::string::npos) {
      const Flag* flag = find_flag(found_.command, current_.substr(2, equals - 2));
      return flag ? value_of(*flag, current_.substr(0, equals + 1)) : Completion{};
    }
    if (current_.starts_with("-")) return {flag_candidates(found_.command)};
    return word();
  }

private:
  [[nodiscard]] const Flag* flag_of(std::string_view word) const {
    if (word.starts_with("--")) return find_flag(found_.command, word.substr(2));
    if (word.size() != 2 || word.front() != '-') return nullptr;
    const auto with_letter = [&](const std::vector<Flag>& flags) -> const Flag* {
      const auto flag =
          std::find_if(flags.begin(), flags.end(), [&](const Flag& one) { return one.letter == word[1]; });
      return flag == flags.end() ? nullptr : &*flag;
    };
    const Flag* own = found_.command ? with_letter(found_.command->flags) : nullptr;
    return own ? own : with_letter(global_flags());
  }

  [[nodiscard]] const Flag* flag_that_wants_a_value() const {
    if (before_.empty()) return nullptr;
    const Flag* flag = flag_of(before_.back());
    return flag && !flag->value.empty() ? flag : nullptr;
  }

  [[nodiscard]] std::vector<std::string> arguments() const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < before_.size(); ++i) {
      if (before_[i].starts_with("-")) {
        const Flag* flag = flag_of(before_[i]);
        if (flag && !flag->value.empty()) ++i;
      } else if (std::find(found_.at.begin(), found_.at.end(), i) == found_.at.end()) {
        out.push_back(before_[i]);
      }
    }
    return out;
  }

  [[nodiscard]] std::string environment() const {
    for (std::size_t i = 0; i + 1 < before_.size(); ++i)
      if (before_[i] == "--env") return before_[i + 1];
    const std::vector<std::string> given = arguments();
    return given.empty() ? std::string() : given.front();
  }

  [[nodiscard]] Completion of(Candidates kind) const {
    switch (kind) {
    case Candidates::none:
      return {};
    case Candidates::files:
      return {{}, Directive::files};
    case Candidates::directories:
      return {{}, Directive::directories};
    case Candidates::environments:
      return {names_.environments()};
    case Candidates::environments_or_files:
      return {names_.environments(), Directive::files};
    case Candidates::steps:
      return {names_.steps()};
    case Candidates::releases:
      return {names_.releases(environment())};
    case Candidates::runs:
      return {is_about_any_run(*found_.command) ? names_.recorded_runs() : names_.runs()};
    case Candidates::actions:
      return {names_.actions()};
    case Candidates::topics:
      return {topic_candidates(*found_.command)};
    }
    return {};
  }

  [[nodiscard]] Completion value_of(const Flag& flag, const std::string& prefix) const {
    Completion out = of(flag.candidates);
    for (const std::string_view choice : flag.choices) out.candidates.push_back({std::string(choice), ""});
    for (Candidate& candidate : out.candidates) candidate.value.insert(0, prefix);
    return out;
  }

  [[nodiscard]] Completion word() const {
    std::string typed;
    for (const std::size_t index : found_.at) typed += (typed.empty() ? "" : " ") + before_[index];
    if (typed.empty()) typed = found_.first; // "provider" alone is no command yet
    Completion out;
    if (arguments().empty() || !found_.command) out.candidates = command_candidates(typed);
    if (!found_.command) return out;
    const std::vector<Argument>& wanted = found_.command->arguments;
    if (wanted.empty()) return out;
    const std::size_t index = std::min(arguments().size(), wanted.size() - 1);
    if (arguments().size() >= wanted.size() && !wanted.back().repeats) return out;
    Completion more = of(wanted[index].candidates);
    out.directive = more.directive;
    std::move(more.candidates.begin(), more.candidates.end(), std::back_inserter(out.candidates));
    return out;
  }

  const ProjectNames& names_;
  std::string current_;
  std::vector<std::string> before_;
  CommandWords found_;
};

} // namespace

Completion complete(std::span<const std::string> words, const ProjectNames& names) {
  const Line line(words, names);
  Completion out = line.answer();
  std::erase_if(out.candidates, [&](const Candidate& one) { return !one.value.starts_with(line.current()); });
  return out;
}

} // namespace deployctl::cli
