// What planning many steps of one request looks up again and again: the live release by identity and
// fingerprint, and hashes of sources. Filled once, on first use; thread-safe.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <deployctl/provider.hpp>

#include "state/release.hpp"

namespace deployctl::engine {

using SourcesHash = std::function<Result<std::string>(const std::vector<std::string>& globs)>;

// Which real thing is looked for: on hosts, one that is on at least one of them too.
struct LiveQuery {
  const std::string& identity; // identity_text; empty: not known, nothing is found
  const std::string& id;       // of the step: tells apart things that are otherwise equal
  const std::string& instance;
  std::span<const Host> hosts;
};

class PlanMemory {
public:
  // The live release's step about the same real thing, or nullptr.
  const state::ReleaseStep* live_step(const state::Release* live, const Catalog& catalog,
                                      const LiveQuery& query);
  // The live release's task that did exactly this, or nullptr.
  const state::ReleaseStep* succeeded(const state::Release* live, const Catalog& catalog,
                                      const std::string& action, const std::string& fingerprint);
  Result<std::string> sources(const SourcesHash& hash, const std::vector<std::string>& globs);

private:
  void index(const state::Release& live, const Catalog& catalog);

  std::mutex mutex_; // guards everything below
  const state::Release* indexed_ = nullptr;
  std::unordered_map<std::string, std::vector<const state::ReleaseStep*>> by_identity_;
  std::unordered_map<std::string, const state::ReleaseStep*> by_fingerprint_;
  std::map<std::vector<std::string>, Result<std::string>> sources_;
};

} // namespace deployctl::engine
