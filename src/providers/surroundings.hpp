// What the process gives to providers that look where other tools of its user look: never read by them from
// the process itself. Empty for everything that only describes.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <deployctl/secret.hpp>

namespace deployctl::providers {

struct Surroundings {
  std::map<std::string, std::string> environment;
  std::function<void(const Secret&)> learn; // tells the redactor; may be empty
};

} // namespace deployctl::providers
