// The steps of `finally`: once a run, at its end, for the results they name. They never change how the run
// ended; a failure is an event.
#pragma once

#include <string_view>

#include "engine/deployment.hpp"
#include "engine/engine.hpp"
#include "engine/run_journal.hpp"

namespace deployctl::engine {

class FinallySteps {
public:
  FinallySteps(const Environment& environment, const config::Pipeline& pipeline, const Deployment& main,
               RunJournal& journal)
      : environment_(environment), pipeline_(pipeline), main_(main), journal_(journal) {}

  // Those that succeeded in an earlier process of this run do not run again.
  void run(std::string_view result, const Ending& ending);

private:
  void know_outputs();
  bool was_done(const std::string& id, const std::string& written);
  void run_one(const config::Step& step, const std::string& written, const Ending& ending);

  const Environment& environment_;
  const config::Pipeline& pipeline_;
  const Deployment& main_;
  RunJournal& journal_;
  OutputBook known_; // what references of these steps give
};

} // namespace deployctl::engine
