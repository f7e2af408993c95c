// What the readers of actions outside of steps (gates, notices) take: the file, what names in it stand for,
// and where mistakes go. Lives as long as the reading of one environment.
#pragma once

#include <string_view>

#include "config/instances.hpp"

namespace deployctl::config {

struct ActionReading {
  const yaml::Node& merged;
  std::string_view environment;
  const Catalog& catalog;
  Scope& scope;
  const Reader& reader;
  Instances& instances;
  const Probes& probes;
  Findings& findings;
  Knowledge knowledge;
};

} // namespace deployctl::config
