// What compose.project is asked for, and the release that follows from it: its name, its files, and the file
// that pins its images. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/input.hpp>
#include <deployctl/provider.hpp>

#include "providers/compose/model.hpp"
#include "providers/compose/tool.hpp"

namespace deployctl::providers::compose {

struct ProjectInputs {
  std::string name;
  std::string path;
  Value source; // a tree
  std::vector<std::string> files;
  std::vector<std::string> profiles;
  std::optional<std::map<std::string, std::string>> images; // by service; none: not written
  std::vector<std::string> unpinned;
  std::map<std::string, Text> env;
  std::map<std::string, std::vector<std::string>> persistent; // paths by service
  std::vector<std::string> once;
  std::string orphans; // report | remove
  Milliseconds within{60'000};
  Milliseconds grace{10'000};
  int keep = 5;
  bool prune = false;
};

Table<ProjectInputs> project_table();
std::vector<Field> project_fields(); // those of the table, and `hosts`
std::vector<InputProblem> check_project(const Value& inputs);

// Ours, beside the files of the tree: pins the images, and is named after all others.
inline constexpr const char* images_file = ".deployctl-images.json";

// As command lines name them in a release.
ProjectFiles files_of(const ProjectInputs& inputs);

// {"services": {"api": {"image": "..."}}} as JSON, which is YAML. `version` is that of the main file, which
// Compose 1 wants in every file; empty: it names none.
std::string pinning_file(const std::map<std::string, std::string>& images, const std::string& version);

// What a release consists of, without bytes of secrets: files {entries}, files and profiles, images, env with
// the references of secrets.
Value configuration_of(const Value& desired);
// "0a1b2c3d4e5f": the beginning of its digest.
std::string release_name(const Value& desired);

// The files of a tree as they stand on a host: {name: {sha256, mode} | {link}}, the mode 0755 or 0644.
Value::Map tree_entries(const Value& source);

// The same with every secret as the version that is known of it.
Value with_versions(const Value& value);

} // namespace deployctl::providers::compose
