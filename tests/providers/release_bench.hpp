// A folder `dist` that host.release deploys to `srv/web` below a scratch folder. Shared by its test files.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "providers/host/release.hpp"
#include "providers/workbench.hpp"

namespace deployctl::tests {

struct ReleaseBench : Workbench {
  explicit ReleaseBench(const std::string& path_first = {})
      : Workbench(providers::host::make_release(), path_first) {
    write("dist/index.html", "one\n");
    write("dist/bin/app", "#!/bin/sh\n", 0775);
    symlink("app", path("dist/bin/link").c_str());
  }

  Ask release(Value::Map more = {}) {
    more["path"] = path("srv/web");
    if (!more.contains("archive")) more["source"] = tree("dist");
    return ask(std::move(more));
  }
  [[nodiscard]] std::string current() const {
    std::error_code none;
    return std::filesystem::read_symlink(path("srv/web/current"), none).string();
  }
  [[nodiscard]] std::string live(const std::string& name) const { return read("srv/web/current/" + name); }
  void edit(const std::string& bytes) { write("dist/index.html", bytes); }
  // What is below a folder, sorted.
  [[nodiscard]] std::vector<std::string> list(const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path(name)))
      names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
};

inline std::vector<std::string> changed(const Change& change) {
  std::vector<std::string> paths;
  for (const FieldChange& field : change.fields) paths.push_back(field.path);
  return paths;
}

inline std::vector<std::string> stages(const Change& change) {
  std::vector<std::string> names;
  for (const Stage& stage : change.stages) names.push_back(stage.name);
  return names;
}

} // namespace deployctl::tests
