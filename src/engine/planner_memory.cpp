#include "engine/planner_memory.hpp"

#include <algorithm>

#include "engine/planner.hpp"

namespace deployctl::engine {
namespace {

bool share_a_place(std::span<const Host> recorded, std::span<const Host> wanted) {
  if (recorded.empty() && wanted.empty()) return true;
  return std::ranges::any_of(recorded, [&](const Host& host) {
    return std::ranges::find(wanted, host.name, &Host::name) != wanted.end();
  });
}

} // namespace

// Identities are computed anew: a record may be of a version that wrote them differently.
void PlanMemory::index(const state::Release& live, const Catalog& catalog) {
  indexed_ = &live;
  for (const state::ReleaseStep& step : live.steps) {
    const Provider* provider = find_provider(catalog, step.action);
    by_identity_[provider ? identity_text(provider->description, step.id, step.inputs) : step.identity]
        .push_back(&step);
    if (!step.task_fingerprint.empty())
      by_fingerprint_.emplace(step.action + "\n" + step.task_fingerprint, &step);
  }
}

const state::ReleaseStep* PlanMemory::live_step(const state::Release* live, const Catalog& catalog,
                                                const LiveQuery& query) {
  if (!live || query.identity.empty()) return nullptr;
  const std::lock_guard lock(mutex_);
  if (indexed_ != live) index(*live, catalog);
  const auto found = by_identity_.find(query.identity);
  if (found == by_identity_.end()) return nullptr;
  const state::ReleaseStep* best = nullptr;
  for (const state::ReleaseStep* step : found->second) {
    if (step->instance != query.instance || !share_a_place(step->hosts, query.hosts)) continue;
    if (step->id == query.id) return step;
    if (!best) best = step;
  }
  return best;
}

const state::ReleaseStep* PlanMemory::succeeded(const state::Release* live, const Catalog& catalog,
                                                const std::string& action, const std::string& fingerprint) {
  if (!live || fingerprint.empty()) return nullptr;
  const std::lock_guard lock(mutex_);
  if (indexed_ != live) index(*live, catalog);
  const auto found = by_fingerprint_.find(action + "\n" + fingerprint);
  return found == by_fingerprint_.end() ? nullptr : found->second;
}

Result<std::string> PlanMemory::sources(const SourcesHash& hash, const std::vector<std::string>& globs) {
  if (!hash) return std::string();
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(globs);
  return found != sources_.end() ? found->second : sources_.emplace(globs, hash(globs)).first->second;
}

} // namespace deployctl::engine
