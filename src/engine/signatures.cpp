#include "engine/signatures.hpp"

#include <utility>

#include <fmt/core.h>

#include "base/pattern.hpp"
#include "base/strings.hpp"
#include "os/files.hpp"

namespace deployctl::engine {

namespace {

constexpr Milliseconds time_limit{60'000}; // an agent may ask a person to touch a key

Result<ProcessResult> run_keygen(Processes& processes, std::vector<std::string> words, std::string input,
                                 const std::stop_token& stop) {
  const std::string verb = words.at(1);
  std::vector<std::string> argv{"ssh-keygen"};
  argv.insert(argv.end(), words.begin(), words.end());
  const ProcessRequest request{.operation = "ssh-keygen " + verb,
                               .argv = std::move(argv),
                               // Times of signers files without a zone are local ones, for everyone the same.
                               .environment = {{"TZ", Text("UTC")}, {"LC_ALL", Text("C")}},
                               .inherit = {"PATH", "HOME", "SSH_AUTH_SOCK", "SSH_ASKPASS", "DISPLAY"},
                               .directory = {},
                               .input = Text(std::move(input)),
                               .timeout = time_limit};
  auto done = processes.run(request, stop);
  if (!done) return fail(std::move(done).error().in("while running ssh-keygen, which is a part of OpenSSH"));
  if (done->cancelled) return fail(Cause::cancelled, "interrupted while ssh-keygen ran");
  if (done->timed_out) return fail(Cause::timeout, fmt::format("ssh-keygen {} did not end in time", verb));
  return done;
}

// "20261122100000", read as UTC.
std::string keygen_time(WallTime time) {
  std::string digits;
  for (const char each : format_time(time).substr(0, 19))
    if (each >= '0' && each <= '9') digits.push_back(each);
  return digits;
}

} // namespace

Result<SignatureCheck> SignatureCheck::open(Processes& processes, std::string directory,
                                            const std::string& signers, WallTime at) {
  SignatureCheck check(processes, std::move(directory), at);
  DEPLOYCTL_CHECK(os::atomic_write(check.directory_ + "/signers", signers, 0600));
  return check;
}

Result<SignatureProof> SignatureCheck::prove(const policy::SignedStatement& statement,
                                             const std::vector<std::string>& names,
                                             const std::stop_token& stop) const {
  static const auto good = Pattern::compile("(?s)Good .*signature with .* key (SHA256:[A-Za-z0-9+/=]+).*");
  const std::string message = policy::message_of(statement.statement);
  const std::string signature = directory_ + "/signature";
  const std::string space(policy::approval_namespace);
  DEPLOYCTL_CHECK(os::atomic_write(signature, statement.signature, 0600));
  DEPLOYCTL_TRY(
      const ProcessResult any,
      run_keygen(*processes_, {"-Y", "check-novalidate", "-n", space, "-s", signature}, message, stop));
  SignatureProof proof;
  const auto groups = good->groups(any.out);
  if (any.exit_code != 0 || !groups) return proof;
  proof.intact = true;
  proof.key = groups->at(1);
  for (const std::string& name : names) {
    DEPLOYCTL_TRY(const ProcessResult verified,
                  run_keygen(*processes_,
                             {"-Y", "verify", "-f", directory_ + "/signers", "-I", name, "-n", space, "-s",
                              signature, "-O", "verify-time=" + keygen_time(at_)},
                             message, stop));
    if (verified.exit_code == 0) proof.names.push_back(name);
  }
  return proof;
}

Result<std::string> sign(Processes& processes, const std::string& key,
                         const policy::ApprovalStatement& statement, const std::stop_token& stop) {
  DEPLOYCTL_TRY(const ProcessResult done,
                run_keygen(processes,
                           {"-Y", "sign", "-f", key, "-n", std::string(policy::approval_namespace)},
                           policy::message_of(statement), stop));
  if (done.exit_code == 0) return done.out;
  Error error{.cause = Cause::auth,
              .message = fmt::format("ssh-keygen did not sign with '{}'", key),
              .help = "name a key with --key; one with a passphrase has to be in the agent (ssh-add)"};
  if (const auto said = trim(done.err); !said.empty()) error.evidence.emplace_back(said);
  return fail(std::move(error));
}

} // namespace deployctl::engine
