#include "formats/dockerignore.hpp"

#include "base/glob.hpp"
#include "base/strings.hpp"

namespace deployctl::formats {
namespace {

// The path itself, or a folder that holds it.
bool takes(const std::string& glob, std::string_view path) {
  if (glob_matches(glob, path)) return true;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/', slash + 1))
    if (glob_matches(glob, path.substr(0, slash))) return true;
  return false;
}

} // namespace

Dockerignore Dockerignore::parse(std::string_view text) {
  Dockerignore out;
  for (std::string_view line : split(text, '\n')) {
    if (line.substr(0, 1) == "#") continue;
    line = trim(line);
    const bool takes_back = line.substr(0, 1) == "!";
    if (takes_back) line = trim(line.substr(1));
    while (line.substr(0, 2) == "./") line.remove_prefix(2);
    while (line.substr(0, 1) == "/") line.remove_prefix(1);
    while (!line.empty() && line.back() == '/') line.remove_suffix(1);
    if (line.empty() || line == ".") continue;
    out.patterns_.push_back({.glob = std::string(line), .takes_back = takes_back});
  }
  return out;
}

bool Dockerignore::ignores(std::string_view path) const {
  bool ignored = false;
  for (const Pattern& pattern : patterns_)
    if (ignored == pattern.takes_back && takes(pattern.glob, path)) ignored = !pattern.takes_back;
  return ignored;
}

} // namespace deployctl::formats
