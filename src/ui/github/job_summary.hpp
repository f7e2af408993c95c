// The page that GitHub shows for a job: how it ended, its steps, its plan, as Markdown. Collected from the
// run's events; plain data in, text out.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <deployctl/event.hpp>

namespace deployctl::ui::github {

class JobSummary {
public:
  void apply(const Event& event, std::chrono::nanoseconds now);
  void plan(std::string text) { plan_ = std::move(text); } // as people see it, without colour

  // Below the size at which the runner refuses the whole page.
  [[nodiscard]] std::string markdown() const;
  // "name<<delimiter ... delimiter" for each output of the step: release, plan-digest, changed, outcome.
  [[nodiscard]] std::string outputs(const std::string& delimiter) const;
  [[nodiscard]] bool is_empty() const { return outcome_.empty() && plan_.empty(); }

private:
  struct Row {
    std::string step;
    std::string result;
    std::string detail;
    std::chrono::nanoseconds began{0};
    std::chrono::nanoseconds took{0};
  };

  Row& row(const std::string& step);
  void finish(const Event& summary);
  [[nodiscard]] std::string heading() const;
  [[nodiscard]] std::string steps_table() const;
  [[nodiscard]] std::string world_list() const;

  std::string stack_;
  std::string plan_;
  std::string digest_;
  std::string outcome_;
  std::string release_;
  std::string next_command_;
  std::string error_;
  bool changed_ = false;
  std::vector<Row> rows_;
  std::vector<std::string> world_;
};

} // namespace deployctl::ui::github
