// `--build`: artifacts before the plan, so that people approve digests and not promises.
#pragma once

#include <map>
#include <string>

#include "engine/engine.hpp"

namespace deployctl::engine {

// Makes the artifacts of the pipeline and nothing else, with the tasks without effect that they need. No lock
// and no release. In a success `outputs` has what each of them gives, by step, and each task that nothing
// else needs.
struct Build {
  Ending ending;
  std::map<std::string, Value, std::less<>> outputs;
};
Build build_artifacts(Environment& environment, const config::Pipeline& pipeline, const Source& source,
                      const ApplyOptions& options);

} // namespace deployctl::engine
