// A run in the log of a GitHub Actions job: one line a state change; remote output in groups that are closed
// and fenced in the very write that opens them, so that no ending of this process leaves one open;
// annotations at the pipeline's lines; a page and outputs at the end.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <deployctl/ports/clock.hpp>

#include "ui/github/annotations.hpp"
#include "ui/github/job_summary.hpp"
#include "ui/github/workflow_command.hpp"
#include "ui/plain.hpp"
#include "ui/renderer.hpp"
#include "ui/style.hpp"
#include "ui/writer.hpp"

namespace deployctl::ui::github {

struct JobSettings {
  Style style;
  Verbosity verbosity = Verbosity::normal;
  std::function<std::string()> token;              // random, a new one each time
  std::function<void(const std::string&)> summary; // takes the page; may be empty
  std::function<void(const std::string&)> outputs; // takes the outputs; may be empty
};

class GithubRenderer final : public Renderer {
public:
  // `log` takes commands. `annotations` are the job's: others give some too.
  GithubRenderer(Writer& log, Annotations& annotations, const Clock& clock, JobSettings settings)
      : log_(log), inert_(log), annotations_(annotations), clock_(clock), settings_(std::move(settings)),
        plain_(inert_, clock, settings_.style, settings_.verbosity) {}

  void show(const Event& event) override;
  // Where the steps stand in the pipeline.
  void know_steps(std::map<std::string, Place> places) { places_ = std::move(places); }
  void plan(std::string text) { page_.plan(std::move(text)); }

private:
  struct Output {
    std::string lines;
    std::size_t count = 0;
  };

  void keep_output(const Event& event);
  void flush(const std::string& step, std::string_view how);
  void flush_all(std::string_view how);
  void annotate_failure(const Event& event);

  static constexpr std::size_t most_lines_kept = 500;

  Writer& log_;
  InertWriter inert_;
  Annotations& annotations_;
  const Clock& clock_;
  JobSettings settings_;
  PlainRenderer plain_;
  JobSummary page_;
  std::map<std::string, Place> places_;
  std::map<std::string, Output> output_; // by step, not printed yet
};

} // namespace deployctl::ui::github
