// The program `sops`, for files whose data key cannot be opened in process: keys of PGP and of services.
#pragma once

#include <stop_token>
#include <string>

#include <deployctl/result.hpp>

#include "secrets/sources.hpp"

namespace deployctl::secrets {

// What the file holds, as JSON, after the program authenticated it; wipe it. Cause::not_found: there is no
// such program here.
Result<std::string> decrypt_by_sops(const std::string& path, const Sources& sources,
                                    const std::stop_token& stop);

} // namespace deployctl::secrets
