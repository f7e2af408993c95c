// What is live in one environment, since when, whether it is still as released, and who holds the lock.
#pragma once

#include <string>
#include <vector>

#include <deployctl/change.hpp>

#include "ui/style.hpp"

namespace deployctl::ui {

struct LiveStep {
  std::string id;
  std::string action;
  std::string state; // "as released", "drifted", "not readable"
  std::string why;   // when not readable
  std::vector<std::pair<std::string, std::vector<FieldChange>>> drift; // by target
};

struct EnvironmentStatus {
  std::string stack;
  std::string release; // "release 12, version v1.4.0"; empty: nothing is live
  std::string since;   // "2026-03-14T09:26:53Z, 3 d 4 h ago"
  std::string by;
  std::string commit;
  std::string lock;    // "run 01J.. of deploy@host since ..."; empty: free
  std::string pending; // a run that did not end; empty: none
  std::vector<LiveStep> steps;
};

std::string status_text(const EnvironmentStatus& status, const Style& style);

} // namespace deployctl::ui
