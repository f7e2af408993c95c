// What image.build is asked for, and the name under which the same asking finds what was built for it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <deployctl/input.hpp>
#include <deployctl/provider.hpp>

#include "providers/image/build_commands.hpp"

namespace deployctl::providers::image {

struct BuildInputs {
  std::string repository; // empty: the image stays with the tool that builds it
  std::vector<std::string> tags;
  std::string context;
  std::string dockerfile;
  std::string target;
  std::vector<std::string> platforms;
  std::map<std::string, std::string> args;
  std::map<std::string, std::string> labels;
  std::map<std::string, Text> secrets;
  std::string created;
  std::string builder;
  std::string source; // of the sources, as the engine names their state; empty: nobody knows

  // "src-<hash of the sources and of all that goes into the build>"; empty while the sources are not known.
  [[nodiscard]] std::string source_tag() const;
  [[nodiscard]] std::string local_name() const; // without a repository
  [[nodiscard]] BuildWishes wishes() const;
};

Table<BuildInputs> build_table();
std::vector<InputProblem> check_build(const Value& inputs);

} // namespace deployctl::providers::image
