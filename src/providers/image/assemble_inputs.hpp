// What image.assemble is asked for, and what that comes to: the base as it is now, the files, and what the
// configuration will say.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <deployctl/input.hpp>
#include <deployctl/provider.hpp>

#include "providers/image/registries.hpp"
#include "registry/assembly.hpp"

namespace deployctl::providers::image {

struct AssembleInputs {
  std::string base; // a reference, or "scratch"; empty while it is not known
  std::string platform;
  Value files; // {path, sha256, entries}
  std::string at;
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  std::map<std::string, std::string> env;
  std::map<std::string, std::string> labels;
  std::vector<std::string> ports;
  std::string user;
  std::string directory;
  std::string created;
  std::string to;
  bool move = true;

  // False while a step before this one makes the base or the files.
  [[nodiscard]] bool is_known() const;
};

inline constexpr const char* no_base = "scratch";
inline constexpr const char* base_name_label = "org.opencontainers.image.base.name";

Table<AssembleInputs> assemble_table();
std::vector<InputProblem> check_assemble(const Value& inputs);

// Where the bytes of a file are.
using LocateFile = std::function<Result<std::string>(const std::string& path, const std::string& sha256)>;

struct Ingredients {
  registry::BaseImage base;
  registry::ImageWishes wishes;
  std::vector<registry::LayerFile> files;
};

Result<Ingredients> gather(SessionClient& client, const AssembleInputs& inputs, const LocateFile& locate,
                           const std::stop_token& stop);

// How a base is called in the label of that name: "docker.io/library/debian:12".
std::string base_name(const registry::Reference& base);

} // namespace deployctl::providers::image
