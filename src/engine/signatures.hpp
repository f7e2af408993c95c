// Signatures of statements, made and proved by the system's ssh-keygen (`-Y sign`, `-Y verify`). What a
// signature is worth for a plan is policy/approval_count.hpp.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/ports/processes.hpp>

#include "base/time.hpp"
#include "policy/approvals_file.hpp"

namespace deployctl::engine {

struct SignatureProof {
  bool intact = false;            // of these bytes and of our namespace
  std::string key;                // "SHA256:…"
  std::vector<std::string> names; // of those asked for: whom the signers file gives the key at that time
};

class SignatureCheck {
public:
  // `directory` is private, exists and holds nothing else; `signers` is an allowed-signers file's text.
  static Result<SignatureCheck> open(Processes& processes, std::string directory, const std::string& signers,
                                     WallTime at);

  // Errors only when ssh-keygen cannot be run.
  [[nodiscard]] Result<SignatureProof> prove(const policy::SignedStatement& statement,
                                             const std::vector<std::string>& names,
                                             const std::stop_token& stop) const;

private:
  SignatureCheck(Processes& processes, std::string directory, WallTime at)
      : processes_(&processes), directory_(std::move(directory)), at_(at) {}

  Processes* processes_; // not owned
  std::string directory_;
  WallTime at_;
};

// `key`: a private key, or a public one whose private half an agent holds.
Result<std::string> sign(Processes& processes, const std::string& key,
                         const policy::ApprovalStatement& statement, const std::stop_token& stop);

} // namespace deployctl::engine
