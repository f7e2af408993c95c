// What loading a pipeline asks of this machine: local files and the list of time zones. Parameters, so that
// config stays pure; `cli` answers from `os`, tests from memory. Not for hosts or networks: config never asks
// those.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl::config {

// Paths are as written in the pipeline: relative to its folder, '/' between parts. An answer is confined to
// that folder after resolving links: a path that leaves it is Cause::permission, one that is not there
// Cause::not_found, another kind of file Cause::config.
class FileProbe {
public:
  virtual ~FileProbe() = default;
  // A regular file: {path, sha256 (hex), size (bytes), mode (number)}.
  [[nodiscard]] virtual Result<Value> file(const std::string& path) const = 0;
  // A folder: {path, sha256, entries: {name: {sha256, size, mode} | {link}}}; names are relative to it.
  [[nodiscard]] virtual Result<Value> tree(const std::string& path) const = 0;
  // Whether anything of this name stands beside the pipeline.
  [[nodiscard]] virtual bool exists(const std::string& path) const = 0;
};

struct Probes {
  const FileProbe& files;
  // IANA names ("Asia/Taipei"), asked for at most once and only when the pipeline names a zone. Empty when
  // the machine has no list: then names are only checked for their form.
  std::function<std::vector<std::string>()> zones;
};

} // namespace deployctl::config
