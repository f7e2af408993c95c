// What the rules are held against: every entry of the built-in list and every simulated shape, each with a
// world of its own and inputs that create, change and carry a secret. A new provider adds one entry in
// subjects.cpp.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "providers/workbench.hpp"

namespace deployctl::conformance {

struct Subject {
  std::string action;
  std::string manner = {}; // of one more subject for the same action: "behind a proxy"
  std::function<std::unique_ptr<tests::Workbench>()> bench; // a fresh world
  std::function<Value::Map(tests::Workbench&)> first;       // creates
  std::function<Value::Map(tests::Workbench&)> second;      // changes what `first` made; the same identity
  // With the secret "sentinel" wherever one may stand. `fails`: its effect prints the secret and fails.
  std::function<Value::Map(tests::Workbench&)> with_secret;
  bool fails = false;
  // Ends only when it is stopped; empty for what cannot be slow.
  std::function<Value::Map(tests::Workbench&)> slow;
};

std::vector<Subject> subjects();
std::vector<Subject> image_subjects();     // those that need a registry
std::vector<Subject> container_subjects(); // those that need a container engine
std::vector<Subject> notice_subjects();
std::vector<Subject> subjects_of(Kind kind);

// What Workbench resolves the secret "sentinel" to.
inline constexpr const char* sentinel_bytes = "secret-sentinel";

} // namespace deployctl::conformance
