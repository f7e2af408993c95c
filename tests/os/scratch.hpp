// A directory of its own for one test case, and short ways to look at files in it.
#pragma once

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "os/files.hpp"
#include "os/tree.hpp"

class Scratch {
public:
  [[nodiscard]] std::string path(std::string_view name = {}) const {
    return name.empty() ? directory_.path() : directory_.path() + "/" + std::string(name);
  }
  std::string write(std::string_view name, std::string_view bytes, unsigned mode = 0644) const {
    REQUIRE(deployctl::os::atomic_write(path(name), bytes, mode));
    return path(name);
  }
  [[nodiscard]] std::string read(std::string_view name) const {
    const auto bytes = deployctl::os::read_file(path(name), 64U << 20);
    return bytes ? *bytes : "error: " + bytes.error().message;
  }

private:
  deployctl::os::TemporaryDirectory directory_ =
      deployctl::os::TemporaryDirectory::create("/tmp", "deployctl-test-").value();
};
