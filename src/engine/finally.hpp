// The steps of `finally`: once a run, at its end, for the results they name. They never change how the run
// ended; a failure is an event.
#pragma once

#include <string_view>

#include "engine/deployment.hpp"
#include "engine/environment.hpp"
#include "engine/run_journal.hpp"

namespace deployctl::engine {

class FinallySteps {
public:
  FinallySteps(const Environment& environment, const config::Pipeline& pipeline, const Deployment& main,
               RunJournal& journal)
      : environment_(environment), pipeline_(pipeline), main_(main), journal_(journal) {}

  // Those that succeeded in an earlier process of this run do not run again.
  void run(std::string_view result);

private:
  void run_one(const config::Step& step);

  const Environment& environment_;
  const config::Pipeline& pipeline_;
  const Deployment& main_;
  RunJournal& journal_;
};

} // namespace deployctl::engine
