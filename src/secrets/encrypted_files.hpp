// Values in files that are kept encrypted beside the pipeline: SOPS and age.
#pragma once

#include <stop_token>
#include <string>

#include <deployctl/result.hpp>

#include "secrets/sources.hpp"

namespace deployctl::secrets {

// sops://file#pointer. The whole file is authenticated before any value of it is given.
Result<std::string> read_sops_file(const SecretReference& reference, const Sources& sources,
                                   const std::stop_token& stop);
// age://file: all of it.
Result<std::string> read_age_file(const SecretReference& reference, const Sources& sources,
                                  const std::stop_token& stop);

} // namespace deployctl::secrets
