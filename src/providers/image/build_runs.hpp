// The tools of this machine that build images, as they are run: which one works, a build, and what its store
// has. The commands themselves are values of build_commands.hpp.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "providers/image/build_commands.hpp"
#include "registry/digest.hpp"

namespace deployctl::providers::image {

class BuildRuns {
public:
  // `output`: of builds; may be null.
  BuildRuns(const Ports& ports, LineSink* output, std::stop_token stop)
      : ports_(ports), output_(output), stop_(std::move(stop)) {}

  // The first that works, or the one that is asked for; "auto" asks for none.
  Result<BuildTool> choose(const std::string& wanted);
  // In order; after a failure only what cleans up.
  Status build(const std::vector<BuildCommand>& commands);
  // The newest image in the tool's own store that was built of these sources.
  Result<std::optional<registry::Digest>> find(BuildTool tool, const std::string& source_tag);

private:
  Result<ProcessResult> run(const BuildCommand& command, const char* operation, Milliseconds limit);

  const Ports& ports_;
  LineSink* output_;
  std::stop_token stop_;
};

std::vector<Operation> build_operations(); // besides those of registries

} // namespace deployctl::providers::image
