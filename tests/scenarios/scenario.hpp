// Plays one scenario folder: its script's steps one after the other, over a simulated world and the whole
// program, into a transcript. A step that does not come out as the script says is a failed test.
//
//   say: TEXT                          what a reader should know
//   edit: {from, to}                   the pipeline, as a person would change it
//   write: {NAME: TEXT}                other files
//   commit: TITLE  author: NAME        git   tag: NAME   checkout: REF
//   put: {THING: {value: V}}  erase: THING   samples: {NAME: [1, 2]}   data: {NAME: VALUE}
//   fault: ACT  step: S  target: T  stage: N  times: 1  cause: C  message: M  evidence: [LINE]
//   delay: STEP  by: 3s                every effect of the step takes that long
//   variables: {NAME: VALUE}           of the program's environment
//   advance: 4h                        the clock moves on
//   run: WORDS  exit: CODE             the program; `exit: died` when a fault kills it; `from: TEXT` shows
//   its
//                                      output from there on only
//   start: WORDS                       the program beside the script, one at a time; then
//   until: TEXT   done: COUNT   held: COUNT   release: STEP|one|all   signal: INT|TERM   finish: CODE
//   world: shown                       what every thing holds
//   holds: {THING: TEXT}               and what one must hold
//   ordered: [STEP]                    their first effects came in this order
//   effects: shown|counted|none        since the last time
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/place.hpp"
#include "scenarios/program_run.hpp"
#include "scenarios/script.hpp"
#include "scenarios/transcript.hpp"

namespace deployctl::scenarios {

class Scenario {
public:
  explicit Scenario(const std::filesystem::path& folder);
  ~Scenario(); // lets go what is still held
  Scenario(const Scenario&) = delete;
  Scenario& operator=(const Scenario&) = delete;

  std::string play(); // the transcript

private:
  using Details = yaml::Node; // the whole step: the verb and what stands beside it
  using Verb = void (Scenario::*)(const yaml::Node& what, const Details& details);
  static const std::map<std::string, Verb, std::less<>>& verbs();

  void say(const yaml::Node& what, const Details& details);
  void edit(const yaml::Node& what, const Details& details);
  void write(const yaml::Node& what, const Details& details);
  void commit(const yaml::Node& what, const Details& details);
  void tag(const yaml::Node& what, const Details& details);
  void checkout(const yaml::Node& what, const Details& details);
  void put(const yaml::Node& what, const Details& details);
  void erase(const yaml::Node& what, const Details& details);
  void samples(const yaml::Node& what, const Details& details);
  void data(const yaml::Node& what, const Details& details);
  void fault(const yaml::Node& what, const Details& details);
  void delay(const yaml::Node& what, const Details& details);
  void variables(const yaml::Node& what, const Details& details);
  void advance(const yaml::Node& what, const Details& details);
  void run(const yaml::Node& what, const Details& details);
  void start(const yaml::Node& what, const Details& details);
  void until(const yaml::Node& what, const Details& details);
  void done(const yaml::Node& what, const Details& details);
  void held(const yaml::Node& what, const Details& details);
  void release(const yaml::Node& what, const Details& details);
  void signal(const yaml::Node& what, const Details& details);
  void finish(const yaml::Node& what, const Details& details);
  void world(const yaml::Node& what, const Details& details);
  void holds(const yaml::Node& what, const Details& details);
  void ordered(const yaml::Node& what, const Details& details);
  void effects(const yaml::Node& what, const Details& details);

  std::unique_ptr<ProgramRun> begin(const std::string& words);
  void conclude(ProgramRun& program, const std::string& code, const std::string& from);
  void aside(const std::string& text); // a line about the world, not of the program

  Script script_;
  Place place_;
  Transcript transcript_;
  simulated::Machine machine_;
  std::shared_ptr<simulated::World> world_ = std::make_shared<simulated::World>(&machine_.clock);
  os::Environment environment_;
  std::unique_ptr<ProgramRun> beside_; // between `start` and `finish`
  std::size_t effects_shown_ = 0;
};

} // namespace deployctl::scenarios
