#include "cli/options.hpp"

#include <algorithm>

#include <deployctl/units.hpp>

namespace deployctl::cli {
namespace {

// Of a value that the command line has already checked against the table.
template <class T>
T chosen(const CommandLine& line, std::string_view flag,
         std::initializer_list<std::pair<std::string_view, T>> names, T otherwise) {
  const std::optional<std::string> value = line.value(flag);
  for (const auto& [name, meaning] : names)
    if (value == name) return meaning;
  return otherwise;
}

std::optional<Milliseconds> duration(const CommandLine& line, std::string_view flag) {
  const std::optional<std::string> value = line.value(flag);
  return value ? std::optional(*parse_duration(*value)) : std::nullopt;
}

std::optional<UsageError> read_variables(const CommandLine& line, Options& options) {
  for (const std::string& pair : line.values("set")) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      return UsageError{"'--set " + pair + "' has no name and value", "write --set NAME=VALUE", line.command};
    options.set[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return std::nullopt;
}

std::optional<UsageError> read_lock(const CommandLine& line, Options& options) {
  using engine::LockPolicy;
  const std::optional<Milliseconds> wait = duration(line, "lock-wait");
  options.lock_policy =
      chosen<LockPolicy>(line, "lock-policy",
                         {{"wait", LockPolicy::wait}, {"skip", LockPolicy::skip}, {"fail", LockPolicy::fail}},
                         wait ? LockPolicy::wait : LockPolicy::fail);
  if (wait && options.lock_policy != LockPolicy::wait)
    return UsageError{"'--lock-wait' and '--lock-policy " + *line.value("lock-policy") +
                          "' contradict each other",
                      "leave one of them out", line.command};
  options.lock_wait =
      wait.value_or(options.lock_policy == LockPolicy::wait ? longest_lock_wait : Milliseconds{0});
  return std::nullopt;
}

} // namespace

tl::expected<Options, UsageError> read_options(const CommandLine& line) {
  Options options;
  options.file_given = line.has("file");
  options.file = line.value("file").value_or(options.file);
  if (line.command->takes_pipeline && !line.arguments.empty()) {
    if (options.file_given)
      return tl::unexpected(
          UsageError{"the pipeline is named twice: -f and FILE", "leave one of them out", line.command});
    options.file = line.arguments.front();
    options.file_given = true;
  }
  options.directory = line.value("directory").value_or("");
  options.output = chosen<OutputFormat>(
      line, "output", {{"json", OutputFormat::json}, {"ndjson", OutputFormat::ndjson}}, OutputFormat::text);
  options.event_file = line.value("event-file").value_or("");
  options.colour = chosen<os::ColourChoice>(
      line, "color", {{"always", os::ColourChoice::always}, {"never", os::ColourChoice::never}},
      os::ColourChoice::automatic);
  options.quiet = line.has("quiet");
  options.verbose = line.has("verbose");
  options.no_input = line.has("no-input");
  if (const auto parallel = line.value("parallel"))
    options.parallel = static_cast<std::size_t>(std::stoul(*parallel));
  options.timeout = duration(line, "timeout");
  if (options.quiet && options.verbose)
    return tl::unexpected(
        UsageError{"'--quiet' and '--verbose' contradict each other", "leave one of them out", line.command});
  if (auto problem = read_variables(line, options)) return tl::unexpected(*problem);
  if (auto problem = read_lock(line, options)) return tl::unexpected(*problem);
  return options;
}

bool asks_for(std::span<const std::string> words, std::string_view format) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--output=" + std::string(format)) return true;
    if (words[i] == "--output" && i + 1 < words.size() && words[i + 1] == format) return true;
  }
  return false;
}

} // namespace deployctl::cli
