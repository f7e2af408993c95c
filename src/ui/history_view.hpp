// Releases as a list and one in full. Takes rows of text: what a release record holds is `state`'s matter.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ui/style.hpp"

namespace deployctl::ui {

struct ReleaseRow {
  std::int64_t number = 0;
  std::string version;
  std::string outcome; // "good", "failed" ...; "live" is added for the live one
  std::string created_at;
  std::string created_by;
  std::string commit;
  std::string note; // "rollback to 11", "quarantined: why"
  bool live = false;
};

std::string history_text(const std::string& stack, const std::vector<ReleaseRow>& rows, const Style& style);

// One release that could be gone back to.
struct ChoiceRow {
  std::int64_t number = 0;
  std::string version;
  std::string age; // "3 d 4 h"
  std::string created_by;
  std::string commit;
  std::string title;      // of the commit
  std::string restorable; // "yes", "no: why", "live"
  bool proposed = false;
};

std::string choices_text(const std::string& stack, const std::vector<ChoiceRow>& rows, const Style& style);

// Names and values below a title; empty values are left out.
using Facts = std::vector<std::pair<std::string, std::string>>;
std::string facts_text(const std::string& title, const Facts& facts, const Style& style);

} // namespace deployctl::ui
