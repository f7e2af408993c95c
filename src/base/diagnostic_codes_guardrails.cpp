#include <array>

#include "base/diagnostic_topics.hpp"

namespace deployctl::topics {
namespace {

constexpr std::array<DiagnosticCode, 5> rows = {{
    {"D0801", "a token of a service in a file",
     "The text has the form of a service's token and, where tokens carry one, the right checksum. Whoever "
     "reads the file has it, and so has everybody with the history: take it back at the service, then keep "
     "the new one in a secret store. Rule: secret-token.",
     "GITHUB_TOKEN=ghp_…   # in .env, tracked by git\n", "secrets: { token: env://GITHUB_TOKEN }\n"},
    {"D0802", "a private key in a file",
     "A private key decodes. Make a new one and keep it where only its user reads it; an encrypted one is a "
     "warning. Rule: private-key.",
     "-----BEGIN PRIVATE KEY-----\n", "secrets: { key: \"file://~/.config/app/key.pem\" }\n"},
    {"D0803", "a password in a URL",
     "Addresses with passwords end in logs, process lists and error messages. Put the password into a "
     "variable "
     "that comes from a secret. Rule: url-password.",
     "DATABASE_URL=postgres://app:Kq82…@db/app\n", "DATABASE_URL=postgres://app:${DB_PASSWORD}@db/app\n"},
    {"D0804", "a value that looks like a secret",
     "The name says that it is a secret and the value looks generated. It may be a false alarm: then say so "
     "with a waiver, '# deployctl: allow D0804 why'. Rule: secret-assignment.",
     "SESSION_SECRET=8fK2…\n", "SESSION_SECRET=${SESSION_SECRET}\n"},
    {"D0805", "a Kubernetes secret with its values",
     "base64 is an encoding, not a protection. Encrypt the manifest with SOPS, seal it, or let an operator "
     "fetch the values from a store. Rule: secret-manifest.",
     "kind: Secret\ndata: { password: c2VjcmV0LXZhbHVl }\n", "kind: ExternalSecret\n"},
}};

} // namespace

std::span<const DiagnosticCode> guardrails() {
  return rows;
}

} // namespace deployctl::topics
