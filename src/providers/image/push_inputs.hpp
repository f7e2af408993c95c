// What image.push is asked for, and the files of its image: of the pipeline's folder while it is planned, of
// the release's own once it is applied.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <deployctl/input.hpp>
#include <deployctl/provider.hpp>

#include "registry/image_files.hpp"

namespace deployctl::providers::image {

struct PushInputs {
  Value archive; // {path, sha256, size, mode}, or null
  Value layout;  // {path, sha256, entries}, or null
  std::string name;
  std::string to;
  bool move = true;

  // Which of the two is written.
  [[nodiscard]] const char* field() const { return archive.is_null() ? "layout" : "archive"; }
  [[nodiscard]] const Value& source() const { return archive.is_null() ? layout : archive; }
  // False while a step before this one makes it.
  [[nodiscard]] bool is_known() const;
};

Table<PushInputs> push_table();
std::vector<InputProblem> check_push(const Value& inputs);

// Where the bytes of a file are.
using Locate = std::function<Result<std::string>(const std::string& path, const std::string& sha256)>;

Result<std::shared_ptr<const registry::ImageFiles>> open_source(const PushInputs& inputs,
                                                                const Locate& locate);

} // namespace deployctl::providers::image
