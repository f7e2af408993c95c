#include <catch2/catch.hpp>

#include "config/sample_world.hpp"
#include "golden.hpp"

TEST_CASE("config: every case folder gives the mistakes or the pipeline beside it") {
  for (const auto& path : golden::cases("tests/config/cases", ".yaml")) {
    INFO(path.string());
    const auto world_file = std::filesystem::path(path).replace_extension(".world");
    const auto world =
        sample::read_world(std::filesystem::exists(world_file) ? golden::read(world_file) : "");
    golden::check(std::filesystem::path(path).replace_extension(".expected"),
                  sample::transcript(golden::read(path), world));
  }
}
