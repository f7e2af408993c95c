// Local files a provider may read: below the pipeline's folder after resolving links, or by content digest
// from the blobs of a release. Providers never write local files.
#pragma once

#include <string>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl {

class Files {
public:
  virtual ~Files() = default;
  // The local path of the bytes with this SHA-256 (hex), kept by the release being applied or rolled back to.
  virtual Result<std::string> blob(const std::string& sha256) = 0;
  // The same for plans, which look at a small part of a large file: where it is kept or, before it is, where
  // it lies below the pipeline's folder. Its digest is not checked.
  virtual Result<std::string> find(const std::string& path, const std::string& sha256) = 0;
  // The bytes of a file below the pipeline's folder; at most `limit` bytes.
  virtual Result<std::string> read(const std::string& path, std::size_t limit) = 0;
};

} // namespace deployctl
