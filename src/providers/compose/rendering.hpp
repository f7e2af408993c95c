// What a host's Compose needs to render a project that is not there yet: the files that it may read, as a
// tar, and the variables, with a word in the place of each secret.
#pragma once

#include <map>
#include <string>

#include <deployctl/provider.hpp>

#include "providers/compose/inputs.hpp"

namespace deployctl::providers::compose {

// DEPLOYCTL_NAMES and DEPLOYCTL_VALUE_NAME, as the scripts take them.
std::map<std::string, Text> script_variables(const std::map<std::string, Text>& env);
// The same of inputs whose secrets and unknown values are not resolved: those become a word.
std::map<std::string, Text> rendering_variables(const Value& inputs);

// The files of the tree up to a size that no file of Compose has, an empty one in the place of a larger one,
// our file that pins images, and .env with the names of the variables.
Result<std::string> rendering_tar(Files& files, const Value& inputs);

// The `version` that the first Compose file names, which every other must name too for Compose 1.
Result<std::string> main_version(Files& files, const Value& inputs);

} // namespace deployctl::providers::compose
