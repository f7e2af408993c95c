// Content-addressed bytes of releases: files and trees that a rollback will need again. Immutable; named by
// SHA-256.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl::state {

struct BlobInfo {
  std::string sha256; // 64 hex
  std::uint64_t size = 0;
};

class Blobs {
public:
  explicit Blobs(std::string directory) : directory_(std::move(directory)) {} // ".deployctl/blobs"

  // Hashes while copying, once; durable under its digest when it returns. With `expected` (a digest from the
  // plan) a file that is stored already is not read at all, and one that changed since is a conflict.
  [[nodiscard]] Result<BlobInfo> put_file(const std::string& path, const std::string& expected = {}) const;
  [[nodiscard]] Result<BlobInfo> put_bytes(std::string_view bytes) const;

  [[nodiscard]] bool contains(const std::string& sha256) const;
  // Where the bytes are. Cause::not_found when they are not stored, config when `sha256` is no digest.
  [[nodiscard]] Result<std::string> path_of(const std::string& sha256) const;
  // path_of, after checking the bytes against their name: conflict when they were changed.
  [[nodiscard]] Result<std::string> verified_path_of(const std::string& sha256) const;
  // The bytes, checked; at most `limit`.
  [[nodiscard]] Result<std::string> read(const std::string& sha256, std::uint64_t limit) const;

private:
  std::string directory_;
};

} // namespace deployctl::state
