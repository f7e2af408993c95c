#include "secrets/sources.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/json_pointer.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "base/wiped_value.hpp"
#include "formats/dotenv.hpp"
#include "secrets/encrypted_files.hpp"
#include "secrets/local_files.hpp"

namespace deployctl::secrets {
namespace {

constexpr std::size_t evidence_lines = 5;

// What a command needs to find itself, its settings and its words. Anything else is passed on by name, so
// that no command gets a credential that was meant for another.
constexpr std::array<std::string_view, 12> passed_on = {
    "PATH",   "HOME", "USER",   "LOGNAME",         "SHELL",           "LANG",
    "LC_ALL", "TZ",   "TMPDIR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "GNUPGHOME"};

// What a person sees at the end of a file or of a command's output is not part of the secret.
std::string without_line_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

// The whole text, or the field of it that the reference's pointer means. Says where it failed, never what it
// read.
Result<std::string> select(const SecretReference& reference, std::string whole) {
  if (!reference.key) return without_line_end(std::move(whole));
  const Wiped text(std::move(whole));
  auto parsed = parse_json(*text, JsonMode::plain, {.bytes = value_limit});
  if (!parsed)
    return fail(Cause::config, fmt::format("it is not JSON, so '#{}' means nothing in it", *reference.key));
  const WipedValue document(*std::move(parsed));
  const Value* found = find_at(*document, reference.pointer);
  if (!found) return fail(Cause::not_found, fmt::format("it has nothing at '#{}'", *reference.key));
  if (const std::string* plain = found->text()) return *plain;
  if (found->get<std::int64_t>()) return to_json(*found);
  return fail(Cause::config,
              fmt::format("what it has at '#{}' is neither text nor a whole number", *reference.key));
}

Result<std::string> read_env(const SecretReference& reference, const Sources& sources,
                             const std::stop_token&) {
  const auto found = sources.environment.find(reference.source);
  if (found == sources.environment.end())
    return fail(Cause::not_found, fmt::format("the environment variable {} is not set", reference.source));
  return found->second;
}

Result<std::string> read_file(const SecretReference& reference, const Sources& sources,
                              const std::stop_token&) {
  DEPLOYCTL_TRY(std::string text, read_local(reference.source, sources));
  return select(reference, std::move(text));
}

Result<std::string> read_dotenv(const SecretReference& reference, const Sources& sources,
                                const std::stop_token&) {
  DEPLOYCTL_TRY(std::string whole, read_local(reference.source, sources));
  const Wiped text(std::move(whole));
  DEPLOYCTL_TRY(const auto entries, formats::parse_dotenv(*text));
  const std::string* found = formats::find_dotenv(entries, *reference.key);
  if (!found)
    return fail(Cause::not_found, fmt::format("'{}' does not set {}", reference.source, *reference.key));
  return *found;
}

std::vector<std::string> last_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(trim(text), '\n'))
    if (!line.empty()) lines.push_back(sanitize_line(line));
  if (lines.size() > evidence_lines) lines.erase(lines.begin(), lines.end() - evidence_lines);
  return lines;
}

Result<std::string> read_exec(const SecretReference& reference, const Sources& sources,
                              const std::stop_token& stop) {
  ProcessRequest request{.operation = "secrets.exec",
                         .argv = reference.argv,
                         .directory = sources.directory,
                         .timeout = exec_limit,
                         .capture_limit = value_limit};
  request.inherit.assign(passed_on.begin(), passed_on.end());
  for (const std::string& name : reference.passes) {
    if (sources.environment.find(name) == sources.environment.end())
      return fail(Cause::not_found, fmt::format("the environment variable {} is not set", name));
    request.inherit.push_back(name);
  }
  DEPLOYCTL_TRY(ProcessResult result, sources.processes.run(request, stop));
  const std::string& command = reference.argv.front();
  if (result.cancelled) return fail(Cause::cancelled, fmt::format("'{}' was stopped", command));
  if (result.timed_out)
    return fail(Cause::timeout,
                fmt::format("'{}' took longer than {} s", command, exec_limit.count() / 1000));
  if (result.exit_code != 0) {
    Error error{.cause = Cause::command_failed,
                .message = fmt::format("'{}' exited with {}", command, result.exit_code)};
    error.evidence = last_lines(result.err); // never its output, which may hold the value
    return fail(std::move(error));
  }
  if (result.out.size() >= value_limit)
    return fail(Cause::config, fmt::format("'{}' printed more than {} bytes", command, value_limit));
  return select(reference, std::move(result.out));
}

Result<std::string> read_age(const SecretReference& reference, const Sources& sources,
                             const std::stop_token& stop) {
  DEPLOYCTL_TRY(std::string text, read_age_file(reference, sources, stop));
  return without_line_end(std::move(text));
}

struct Reader {
  std::string_view scheme;
  Result<std::string> (*read)(const SecretReference&, const Sources&, const std::stop_token&);
};

constexpr std::array<Reader, 6> readers = {{
    {"env", read_env},
    {"file", read_file},
    {"dotenv", read_dotenv},
    {"exec", read_exec},
    {"sops", read_sops_file},
    {"age", read_age},
}};

} // namespace

Result<std::string> read_value(const SecretReference& reference, const Sources& sources,
                               const std::stop_token& stop) {
  const auto* found = std::find_if(readers.begin(), readers.end(),
                                   [&](const Reader& reader) { return reader.scheme == reference.scheme; });
  if (found == readers.end())
    return fail(Cause::config, fmt::format("{}:// is not in this version", reference.scheme),
                "use env, file, dotenv, exec, sops or age");
  return found->read(reference, sources, stop);
}

} // namespace deployctl::secrets
