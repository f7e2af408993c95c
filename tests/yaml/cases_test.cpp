#include <catch2/catch.hpp>

#include "golden.hpp"
#include "yaml/transcript.hpp"

TEST_CASE("yaml: every case file gives the tree and the mistakes beside it") {
  for (const auto& path : golden::cases("tests/yaml/cases", ".yaml")) {
    const std::string text = golden::read(path);
    const auto outcome = deployctl::yaml::parse(path.filename().string(), text);
    golden::check(std::filesystem::path(path).replace_extension(".expected"), transcript::of(outcome, text));
  }
}
