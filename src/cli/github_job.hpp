// This process as a step of a GitHub Actions job: what the runner's variables and files say, and the renderer
// that speaks to it. One of these lives as long as the process.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <deployctl/ports/clock.hpp>
#include <deployctl/value.hpp>

#include "base/redactor.hpp"
#include "base/source.hpp"
#include "config/pipeline.hpp"
#include "os/environment.hpp"
#include "ui/github/github_renderer.hpp"

namespace deployctl::cli {

// GITHUB_ACTIONS=true: the runner sets it, and nobody else should.
bool is_github_job(const os::Environment& environment);

class GithubJob {
public:
  // `log`: standard error as it is; its lines may be commands.
  GithubJob(ui::Writer& log, Clock& clock, Random& random, const os::Environment& environment)
      : log_(log), clock_(clock), random_(random), environment_(environment) {}

  // From now on the runner is told every secret before it is used, so that it masks it in what others print.
  void announce_masks(RedactionSet& redactions);
  // Of ui::diagnostics_value.
  void annotate(const Value& diagnostics);
  std::unique_ptr<ui::Renderer> renderer(const ui::Style& style, ui::Verbosity verbosity);

  // Where the steps of a run stand in the file; before it begins.
  void know_steps(const config::Pipeline& pipeline, const Source& source);
  void plan(std::string text); // as people see it, without colour and secrets

private:
  [[nodiscard]] std::string in_workspace(const std::string& file) const;
  void append(const char* variable, const std::string& text);
  std::string token();

  ui::Writer& log_;
  Clock& clock_;
  Random& random_;
  const os::Environment& environment_;
  ui::github::Annotations annotations_;
  ui::github::GithubRenderer* renderer_ = nullptr; // owned by the event stream
};

} // namespace deployctl::cli
