#include "engine/restorable.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "engine/connections.hpp"
#include "engine/planner_reads.hpp"
#include "engine/told_instances.hpp"
#include "secrets/resolver.hpp"
#include "state/local_state.hpp"

namespace deployctl::engine {

namespace {

using Versions = std::map<std::string, Result<std::string>, std::less<>>;

void add_blobs(Restorable& answer, const state::Release& release, const state::Blobs& blobs) {
  for (const std::string& sha256 : state::blobs_of(release))
    if (!blobs.contains(sha256))
      answer.missing.push_back(
          {.cause = Cause::not_found,
           .message = fmt::format("the file sha256:{} is not kept here", sha256.substr(0, 12))});
}

// The version that a secret of the record would have now; empty when a part of it has none.
std::string version_now(const Secret& secret, const Versions& versions) {
  std::string version;
  for (const Secret::Part& part : secret.parts()) {
    if (part.name.empty()) continue;
    const auto known = versions.find(part.name);
    if (known == versions.end() || !known->second) return {};
    version += (version.empty() ? "" : "+") + *known->second;
  }
  return version;
}

void add_secrets(Restorable& answer, const state::Release& release, const Versions& versions) {
  for (const std::string& name : secrets_of(release)) {
    const auto known = versions.find(name);
    if (known == versions.end())
      answer.missing.push_back({.cause = Cause::not_found,
                                .message = fmt::format("the secret '{}' is used by no step now", name),
                                .help = "declare and use it again, or go back by the tag of the source"});
    else if (!known->second)
      answer.missing.push_back(known->second.error());
  }
  std::set<std::string> rotated;
  for (const state::ReleaseStep& step : release.steps)
    for_each_secret(step.inputs, [&](const Secret& secret) {
      const std::string now = version_now(secret, versions);
      if (!now.empty() && !secret.version().empty() && now != secret.version()) rotated.insert(secret.name());
    });
  for (const std::string& name : rotated)
    answer.notes.push_back(
        fmt::format("the value that the secret '{}' had then is not kept; it would have today's", name));
}

// Every artifact of every release is one read; `owners` says whose.
struct ArtifactReads {
  std::vector<Read> reads;
  std::vector<std::pair<std::size_t, const state::ReleaseStep*>> owners;
};

ArtifactReads artifact_reads(const Catalog& catalog, const std::vector<state::Release>& releases) {
  ArtifactReads all;
  for (std::size_t i = 0; i < releases.size(); ++i)
    for (const state::ReleaseStep& step : releases[i].steps) {
      const Provider* provider = find_provider(catalog, step.action);
      if (!provider || provider->description.kind != Kind::artifact) continue;
      all.reads.push_back({provider, step.instance,
                           Ask{.step = step.id,
                               .inputs = with_defaults(provider->description.fields, step.inputs),
                               .target = {},
                               .recorded = step.inputs,
                               .release = {}}});
      all.owners.emplace_back(i, &step);
    }
  return all;
}

void add_artifacts(std::vector<Restorable>& answers, Environment& environment,
                   const config::Pipeline& pipeline, const std::vector<state::Release>& releases) {
  const ArtifactReads all = artifact_reads(environment.catalog, releases);
  if (all.reads.empty()) return;
  Connections connections(environment.ports, told_instances(pipeline), resolved_by(environment.resolver));
  const auto readings =
      read_all(connections, all.reads, environment.parallel, environment.interrupts.wind_down);
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const auto& [release, step] = all.owners[i];
    if (!readings[i])
      answers[release].missing.push_back(
          Error(readings[i].error()).in("while looking for '" + step->id + "'"));
    else if (!readings[i]->found)
      answers[release].missing.push_back(
          {.cause = Cause::image_missing,
           .message = fmt::format("the artifact of '{}' is not there any more", step->id)});
  }
}

} // namespace

std::vector<std::string> secrets_of(const state::Release& release) {
  std::set<std::string> names;
  for (const state::ReleaseStep& step : release.steps)
    for_each_secret(step.inputs, [&](const Secret& secret) {
      for (const Secret::Part& part : secret.parts())
        if (!part.name.empty()) names.insert(part.name);
    });
  return {names.begin(), names.end()};
}

std::vector<Restorable> check_restorable(Environment& environment, const config::Pipeline& pipeline,
                                         const std::vector<state::Release>& releases) {
  Versions versions;
  for (secrets::Checked& checked : environment.resolver.check(environment.interrupts.wind_down))
    versions.emplace(checked.name, std::move(checked.version).map([&](const auto&) { return checked.kept; }));
  const state::Blobs blobs = environment.state.blobs();
  std::vector<Restorable> answers(releases.size());
  for (std::size_t i = 0; i < releases.size(); ++i) {
    add_blobs(answers[i], releases[i], blobs);
    add_secrets(answers[i], releases[i], versions);
  }
  add_artifacts(answers, environment, pipeline, releases);
  return answers;
}

} // namespace deployctl::engine
