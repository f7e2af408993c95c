// Collects what the rules find in one file, each at its place and with its rule's level.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/diagnostic.hpp>

#include "policy/lint/rules.hpp"

namespace deployctl::policy::lint {

class Findings {
public:
  explicit Findings(std::uint32_t source) : source_(source) {}

  struct Place {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  Diagnostic& add(std::string_view code, Place place, std::string message, std::string help = {});

  // None twice: what is wrong for two environments is said once.
  [[nodiscard]] std::vector<Diagnostic> take();

private:
  std::uint32_t source_;
  std::vector<Diagnostic> all_;
};

} // namespace deployctl::policy::lint
