// The port Files for the real world: files below the pipeline's folder, and bytes of releases by their
// digest.
#pragma once

#include <string>

#include <deployctl/ports/files.hpp>

#include "state/blobs.hpp"

namespace deployctl::cli {

class ProjectFiles final : public Files {
public:
  // `root` is the pipeline's folder, absolute.
  ProjectFiles(std::string root, state::Blobs blobs) : root_(std::move(root)), blobs_(std::move(blobs)) {}

  Result<std::string> blob(const std::string& sha256) override { return blobs_.verified_path_of(sha256); }
  Result<std::string> find(const std::string& path, const std::string& sha256) override;
  Result<std::string> read(const std::string& path, std::size_t limit) override;

private:
  std::string root_;
  state::Blobs blobs_;
};

} // namespace deployctl::cli
