#include "secrets/sops_program.hpp"

#include <array>

#include <fmt/core.h>

#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "secrets/local_files.hpp"

namespace deployctl::secrets {
namespace {

constexpr std::size_t evidence_lines = 8;
// Where gpg and the services find keys, besides what every command gets.
constexpr std::array<std::string_view, 12> passed_on = {"PATH",
                                                        "HOME",
                                                        "USER",
                                                        "LOGNAME",
                                                        "LANG",
                                                        "TZ",
                                                        "TMPDIR",
                                                        "XDG_CONFIG_HOME",
                                                        "XDG_RUNTIME_DIR",
                                                        "GNUPGHOME",
                                                        "GPG_TTY",
                                                        "SSL_CERT_FILE"};
constexpr std::array<std::string_view, 6> passed_prefixes = {"SOPS_",   "AWS_",      "AZURE_",
                                                             "GOOGLE_", "CLOUDSDK_", "VAULT_"};

ProcessRequest request_of(const std::string& path, const Sources& sources) {
  ProcessRequest request{.operation = "secrets.sops",
                         .argv = {"sops", "decrypt", "--output-type", "json", path},
                         .directory = sources.directory,
                         .timeout = exec_limit,
                         .capture_limit = value_limit};
  request.inherit.assign(passed_on.begin(), passed_on.end());
  for (const auto& [name, value] : sources.environment)
    for (const std::string_view prefix : passed_prefixes)
      if (name.starts_with(prefix)) request.inherit.push_back(name);
  return request;
}

// It tells for each key why it did not open; none of the file's values is among that.
std::vector<std::string> last_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(trim(text), '\n'))
    if (!trim(line).empty()) lines.push_back(sanitize_line(line));
  if (lines.size() > evidence_lines) lines.erase(lines.begin(), lines.end() - evidence_lines);
  return lines;
}

} // namespace

Result<std::string> decrypt_by_sops(const std::string& path, const Sources& sources,
                                    const std::stop_token& stop) {
  DEPLOYCTL_TRY(const std::string absolute, local_path(path, sources));
  DEPLOYCTL_TRY(ProcessResult result, sources.processes.run(request_of(absolute, sources), stop));
  Wiped out(std::move(result.out));
  if (result.cancelled) return fail(Cause::cancelled, "'sops' was stopped");
  if (result.timed_out)
    return fail(Cause::timeout, fmt::format("'sops' took longer than {} s", exec_limit.count() / 1000));
  if (result.exit_code != 0) {
    Error error{.cause = Cause::auth,
                .message = fmt::format("'sops decrypt' exited with {}", result.exit_code)};
    error.evidence = last_lines(result.err);
    return fail(std::move(error));
  }
  if (out->size() >= value_limit)
    return fail(Cause::config, fmt::format("'sops decrypt' printed more than {} bytes", value_limit));
  return std::move(*out);
}

} // namespace deployctl::secrets
