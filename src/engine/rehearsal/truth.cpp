// The checks that compare what the engine says and does with what the simulated targets know.
#include <algorithm>

#include <fmt/core.h>

#include "engine/endings.hpp"
#include "engine/rehearsal/controller.hpp"

namespace deployctl::engine::rehearsal {

namespace {

template <class Visit>
void each_visible(const Scene& scene, const Visit& visit) {
  for (std::size_t step = 0; step < scene.scenario.steps.size(); ++step)
    for (std::size_t i = 0; scene.world.visible(step) && i < scene.scenario.steps[step].targets; ++i)
      if (const TargetId id{step, i}; !scene.world.at(id).drifted) visit(id);
}

void check_line(Scene& scene, TargetId id, const WorldLine* line) {
  const World& world = scene.world;
  const std::string name = name_of(scene, id);
  if (!line)
    return scene.checks.require(world.as_before(id), Check::world_report,
                                name + " is not listed, and changed");
  if (line->kind == WorldLine::Kind::changed)
    scene.checks.require(world.as_planned(id), Check::world_report,
                         name + " is listed as changed, and is not");
  if (line->kind == WorldLine::Kind::reverted)
    scene.checks.require(world.as_before(id), Check::world_report,
                         name + " is listed as reverted, and is not");
}

void check_code(Scene& scene, const Ending& ending) {
  bool before = true;
  bool planned = true;
  each_visible(scene, [&](TargetId id) {
    before = before && scene.world.as_before(id);
    planned = planned && scene.world.as_planned(id);
  });
  const auto require = [&](bool holds) {
    scene.checks.require(holds, Check::exit_code,
                         fmt::format("exit {}, and the world is {}", ending.exit_code,
                                     before    ? "as before"
                                     : planned ? "as planned"
                                               : "neither"));
  };
  switch (ending.exit_code) {
  case exit_code::done:
    return require(ending.outcome == Outcome::aborted ? before : planned);
  case exit_code::failed:
  case exit_code::stale:
  case exit_code::reverted:
  case exit_code::superseded:
    return require(before);
  case exit_code::mixed:
    return require(!ending.world.empty());
  case exit_code::not_approved:
    return require(ending.outcome == Outcome::parked);
  case exit_code::interrupted:
    return require(ending.outcome == Outcome::interrupted);
  default:
    return require(false);
  }
}

void check_nothing_under_way(Scene& scene, std::size_t controller) {
  for (const Operation& each : scene.world.ledger())
    if (each.request.process == controller)
      scene.checks.require(each.landed || each.dropped, Check::nothing_under_way,
                           name_of(scene, each.request.at));
}

bool left_behind(const Scene& scene, TargetId id) {
  return scene.behind.count(id) != 0 || scene.world.at(id).drifted;
}

bool prepared(const Scene& scene, TargetId id) {
  if (left_behind(scene, id)) return true;
  const auto& operations = scene.world.at(id).operations;
  return std::any_of(operations.begin(), operations.end(), [&](std::size_t index) {
    const Operation& each = scene.world.operation(index);
    return each.landed && each.request.stage == 0 && !each.request.back;
  });
}

// Every stage of a run that became a release has an outcome in its journal.
void check_outcomes(Scene& scene, const StoredJournal& journal, const RunHistory& history) {
  std::set<std::pair<TargetKey, std::int64_t>> known;
  for (const state::Record& record : journal.records) {
    if (record.type != state::RecordType::outcome || !record.payload.find("error")->is_null()) continue;
    const Value& ref = *record.payload.find("ref");
    if (*ref.find("back")->get<bool>()) continue;
    known.insert(
        {{*ref.find("step")->text(), *ref.find("target")->text()}, *ref.find("index")->get<std::int64_t>()});
  }
  for (const auto& [key, target] : history.targets) {
    if (scene.behind.count({scene.step_of(key.first), scene.target_of(key.second)}) != 0) continue;
    for (std::size_t stage = 0; stage < target.change.stages.size(); ++stage)
      scene.checks.require(known.count({key, static_cast<std::int64_t>(stage)}) != 0, Check::release_complete,
                           key.first + " on " + key.second + " has a stage without an outcome");
  }
}

} // namespace

std::string name_of(const Scene& scene, TargetId id) {
  return fmt::format("{} on t{}", scene.scenario.steps[id.step].id, id.target);
}

void check_ending(Scene& scene, const Ending& ending, std::size_t controller, bool executed) {
  if (!executed) {
    if (ending.exit_code == exit_code::failed) check_code(scene, ending);
    return;
  }
  if (ending.outcome != Outcome::interrupted) check_nothing_under_way(scene, controller);
  each_visible(scene, [&](TargetId id) {
    const WorldLine* found = nullptr;
    for (const WorldLine& line : ending.world)
      if (scene.step_of(line.step) == id.step && scene.target_of(line.target) == id.target) found = &line;
    if (found || !scene.world.under_way(id)) check_line(scene, id, found);
  });
  check_code(scene, ending);
}

// Before a stage begins on a target, by what the targets know.
void check_order(Scene& scene, const StageId& id) {
  const StepShape& step = scene.scenario.steps[id.at.step];
  scene.checks.require(!step.outgrows && !scene.world.at(id.at).drifted, Check::approved_only,
                       name_of(scene, id.at));
  for (const std::size_t need : step.needs)
    for (std::size_t i = 0; scene.world.visible(need) && i < scene.scenario.steps[need].targets; ++i)
      scene.checks.require(left_behind(scene, {need, i}) || scene.world.as_planned({need, i}),
                           Check::needs_first,
                           name_of(scene, id.at) + " begins before " + name_of(scene, {need, i}));
  if (step.stages.at(id.stage).kind == StageKind::prepare) return;
  const bool prepares = step.stages.front().kind == StageKind::prepare;
  for (std::size_t i = 0; prepares && i < step.targets; ++i)
    scene.checks.require(prepared(scene, {id.at.step, i}), Check::prepared_first,
                         name_of(scene, id.at) + " begins before t" + std::to_string(i) + " is prepared");
  for (const auto& wave : step.waves) {
    if (std::find(wave.begin(), wave.end(), id.at.target) != wave.end()) return;
    for (const std::size_t other : wave)
      if (scene.world.visible(id.at.step))
        scene.checks.require(
            left_behind(scene, {id.at.step, other}) || scene.world.as_planned({id.at.step, other}),
            Check::wave_by_wave, name_of(scene, id.at) + " begins before t" + std::to_string(other));
  }
}

void check_release(Scene& scene) {
  const std::string& release = scene.store.cell.current_release;
  if (release.empty()) return;
  const auto recorded = scene.store.releases.find(release);
  scene.checks.require(recorded != scene.store.releases.end(), Check::release_complete,
                       release + " is not recorded");
  for (const auto& [run, journal] : scene.store.journals) {
    const auto history = read_history({.header = journal.header, .records = journal.records});
    if (!history || history->begin.release != release) continue;
    const bool ended = history->end && history->end->release == release;
    scene.checks.require(ended, Check::release_complete, run + " has not ended with it");
    const bool whole = history->done.size() == scene.scenario.steps.size();
    scene.checks.require(whole, Check::release_complete, run + " has steps that have not ended");
    check_outcomes(scene, journal, *history);
  }
}

void check_journals(Scene& scene) {
  std::set<TargetKey> told;
  for (const auto& [run, journal] : scene.store.journals) {
    const auto history = read_history({.header = journal.header, .records = journal.records});
    if (history) told.insert(history->touched.begin(), history->touched.end());
  }
  each_visible(scene, [&](TargetId id) {
    const TargetKey key{scene.scenario.steps[id.step].id, "t" + std::to_string(id.target)};
    scene.checks.require(scene.world.as_before(id) || told.count(key) != 0, Check::journal_complete,
                         name_of(scene, id) + " was changed, and no journal tells it");
  });
}

} // namespace deployctl::engine::rehearsal
