// The guardrails over a set of files: text in, findings out. Reads no disk and asks no git; whoever calls it
// says which files there are.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <deployctl/result.hpp>

#include "base/source.hpp"
#include "policy/lint/file_kinds.hpp"
#include "policy/lint/secrets.hpp"
#include "policy/lint/waivers.hpp"
#include "yaml/document.hpp"

namespace deployctl::policy::lint {

struct LintFile {
  std::string path; // as it is shown
  std::string text;
  FileKind kind = FileKind::other;
};

// A file of a build context: what COPY may take.
struct ContextFile {
  std::string path; // from the context's root
  std::uint64_t size = 0;
};

struct BuildContext {
  std::vector<ContextFile> files;
  bool has_ignore_file = false;
  std::string ignore_file; // its text
};

struct LintInput {
  std::vector<LintFile> files;
  std::map<std::string, BuildContext> contexts; // by the path of the Dockerfile
  const yaml::Node* pipeline = nullptr;         // whose `policy` counts; none: every rule has its own level
  std::string environment;                      // whose `policy` is laid over that; empty: of none
};

struct LintReport {
  std::vector<Source> sources; // one for each file, with its secrets struck out: these may be shown
  std::vector<Diagnostic> findings;
  std::vector<Waived> waived;
};

class Linter {
public:
  static Result<Linter> compile();

  [[nodiscard]] LintReport lint(const LintInput& input);

private:
  explicit Linter(SecretScanner secrets) : secrets_(std::move(secrets)) {}

  SecretScanner secrets_;
};

} // namespace deployctl::policy::lint
