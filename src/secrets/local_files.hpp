// Local files as references name them: absolute, below the home, or beside the pipeline.
#pragma once

#include <string>

#include <deployctl/result.hpp>

#include "secrets/sources.hpp"

namespace deployctl::secrets {

Result<std::string> local_path(const std::string& written, const Sources& sources);
Result<std::string> read_local(const std::string& written, const Sources& sources);

} // namespace deployctl::secrets
