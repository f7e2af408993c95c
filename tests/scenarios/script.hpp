// A scenario's script.yaml as text and values: a title and a list of steps, each a map whose first key is its
// verb. What the verbs do is scenario.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <deployctl/value.hpp>

#include "yaml/document.hpp"

namespace deployctl::scenarios {

struct Script {
  yaml::Document document;
  std::string title;
  std::vector<const yaml::Entry*> steps; // the first entry of each; the others are its details
  std::vector<const yaml::Node*> details;
};

// Throws what is wrong with it: a script is part of its test.
Script read_script(const std::filesystem::path& file);

// Plain scalars are numbers and booleans where they look like them.
Value value_of(const yaml::Node& node);
// The text of a key, or `otherwise`.
std::string text_of(const yaml::Node& map, std::string_view key, const std::string& otherwise = {});
std::int64_t number_of(const yaml::Node& map, std::string_view key, std::int64_t otherwise);

} // namespace deployctl::scenarios
