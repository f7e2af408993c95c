// Inputs of type file and tree: from a path below the pipeline's folder to digests, and from digests back to
// where the bytes are. Reads local files only. Keeping the bytes is state/blobs.hpp.
#pragma once

#include <map>
#include <mutex>
#include <span>
#include <string>

#include <deployctl/field.hpp>
#include <deployctl/value.hpp>

#include "config/probes.hpp"

namespace deployctl::engine {

// The real answer to config's questions. A path is read once in a run, however many steps name it.
// Thread-safe.
class LocalFiles final : public config::FileProbe {
public:
  // presence: files are opened and not read, so that a check of the language costs the same however large
  // they are; their digests are then unknown.
  enum class Look { content, presence };

  // `root`: the pipeline's folder, absolute.
  explicit LocalFiles(std::string root, Look look = Look::content) : root_(std::move(root)), look_(look) {}

  [[nodiscard]] Result<Value> file(const std::string& path) const override;
  [[nodiscard]] Result<Value> tree(const std::string& path) const override;
  [[nodiscard]] bool exists(const std::string& path) const override;

private:
  std::string root_;
  Look look_;
  mutable std::mutex mutex_; // guards the two below
  mutable std::map<std::string, Value> files_;
  mutable std::map<std::string, Value> trees_;
};

// Every file and tree field that is still a path becomes what the probe says; shapes and unknowns stay.
Result<Value> ingest_files(std::span<const Field> table, const Value& inputs, const config::FileProbe& files);

// SHA-256 (hex) to absolute local path, of every regular file in the inputs. What Files::blob answers from
// while a release is being made, and what goes to the blobs. A file may have changed since: readers verify
// the digest.
using FileSources = std::map<std::string, std::string>;
void collect_sources(std::span<const Field> table, const Value& inputs, const std::string& root,
                     FileSources& sources);

} // namespace deployctl::engine
