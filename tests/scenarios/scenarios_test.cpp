#include <algorithm>

#include <catch2/catch.hpp>

#include "golden.hpp"
#include "scenarios/scenario.hpp"

namespace {

std::vector<std::filesystem::path> folders() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::absolute("tests/scenarios")))
    if (std::filesystem::exists(entry.path() / "script.yaml")) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

} // namespace

TEST_CASE("scenarios: every folder plays as its transcript tells") {
  REQUIRE_FALSE(folders().empty());
  for (const auto& folder : folders()) DYNAMIC_SECTION(folder.filename().string()) {
      golden::check(folder / "transcript.txt", deployctl::scenarios::Scenario(folder).play());
    }
}
