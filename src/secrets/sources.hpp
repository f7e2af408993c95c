// Where the bytes behind a reference come from, one function per scheme. Reads once, keeps nothing; caching,
// redaction and versions are resolver.hpp.
#pragma once

#include <functional>
#include <map>
#include <stop_token>
#include <string>

#include <deployctl/ports/processes.hpp>
#include <deployctl/result.hpp>

#include "base/secret_reference.hpp"
#include "secrets/store.hpp"

namespace deployctl::secrets {

// The bytes of a local file, at most `limit`; not_found when it is not there. Paths are absolute.
using ReadFile = std::function<Result<std::string>(const std::string& path, std::size_t limit)>;

class AgeIdentityCache;
class SopsFileCache;

// What references read from. Must outlive the resolver.
struct Sources {
  const std::map<std::string, std::string, std::less<>>& environment;
  ReadFile read_file;
  Processes& processes;  // exec://; gets PATH, HOME and the like, and what the reference names by --env
  std::string directory; // the pipeline's: what relative paths start from, and where exec runs
  AgeIdentityCache* identities = nullptr; // of the run; null: they are looked for anew for each file
  SopsFileCache* sops_files = nullptr;    // of the run; null: a file is opened anew for each reference
  const Stores* stores = nullptr; // asked by the resolver for what is kept in them; null: there are none
};

inline constexpr std::size_t value_limit = 1U << 20;           // bytes of a file or of what a command prints
inline constexpr std::chrono::milliseconds exec_limit{30'000}; // for one command

// The value as it stands there, apart from one last line end of a whole file or output. Messages never hold a
// part of it.
Result<std::string> read_value(const SecretReference& reference, const Sources& sources,
                               const std::stop_token& stop);

} // namespace deployctl::secrets
