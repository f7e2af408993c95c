// What the configuration of an image made here says: that of its base, changed where something is wished,
// with one more layer. Equal wishes make equal bytes. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "registry/manifest.hpp"

namespace deployctl::registry {

struct ImageWishes {
  Platform platform;   // of an image without a base
  std::string created; // RFC 3339
  std::string note;    // in the history: what made it
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  std::map<std::string, std::string> env;
  std::map<std::string, std::string> labels;
  std::vector<std::string> ports; // "8000" or "8000/udp"
  std::string user;
  std::string directory; // the working one
};

// `base`: the bytes of its configuration; empty: there is none. Cause::config when they are none.
Result<std::string> wished_config(const std::string& base, const ImageWishes& wishes, const Digest& diff_id);

} // namespace deployctl::registry
