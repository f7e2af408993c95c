// Turns secret references into bytes, late and once, and into versions for plans. Every value is known to the
// redactor before anyone else sees it. Parsing references is base/secret_reference.hpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/ports/processes.hpp>
#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

#include "base/redactor.hpp"

namespace deployctl::secrets {

struct Declaration {
  std::string name;      // "openai_key"
  std::string reference; // "env://OPENAI_API_KEY"
};

// The bytes of a local file, at most `limit`; not_found when it is not there. Paths are absolute.
using ReadFile = std::function<Result<std::string>(const std::string& path, std::size_t limit)>;

// What references read from. Must outlive the resolver.
struct Sources {
  const std::map<std::string, std::string, std::less<>>& environment;
  ReadFile read_file;
  Processes& processes;  // exec://
  std::string directory; // the pipeline's: what relative paths start from, and where exec runs
};

// Thread-safe. A secret's value is read once for all that resolve it, however many ask at the same time.
class Resolver {
public:
  // `stack_key` keys the fingerprints of stores that have no versions.
  Resolver(std::vector<Declaration> declarations, Sources sources, RedactionSet& redactions,
           Secret stack_key);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // For plans: the version of each declared secret by name, "keyed:<16 hex>". Values are dropped at once.
  Result<std::map<std::string, std::string>> versions(std::stop_token stop);
  // For plans: the value with each Secret leaf carrying its version. Leaves stay references.
  Result<Value> with_versions(const Value& value, std::stop_token stop);
  // For effects: the value with each Secret leaf resolved, and carrying its version.
  Result<Value> resolve(const Value& value, std::stop_token stop);

private:
  class Entries;
  std::unique_ptr<Entries> entries_;
};

} // namespace deployctl::secrets
