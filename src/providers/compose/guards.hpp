// What compose.project refuses before anything is changed, because it would lose data or run what nobody
// knows: volumes that changed, paths that are not on one, folders that the next release would not have,
// images without a digest. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <deployctl/result.hpp>

#include "providers/compose/containers.hpp"
#include "providers/compose/inputs.hpp"
#include "providers/compose/model.hpp"

namespace deployctl::providers::compose {

struct Standing { // what is there now
  std::vector<Container> containers;
  std::vector<Volume> volumes;
  std::string root; // the folder of releases without links; empty: it is not there
};

// The first reason, or success.
Status check_guards(const ProjectInputs& inputs, const ProjectModel& model, const Standing& now);

// Images by service as they will run. While `images` is written, one that it does not name may be known only
// later, so that a plan asks for less than the work that follows.
enum class Moment { plan, work };
Status check_pinned(const ProjectInputs& inputs, const std::map<std::string, std::string>& images,
                    Moment moment);

} // namespace deployctl::providers::compose
