// Why an engine does not answer, asked on its host itself: over a forward every reason looks alike.
#pragma once

#include <stop_token>
#include <string>

#include <deployctl/operation.hpp>
#include <deployctl/session.hpp>

namespace deployctl::providers::docker {

Operation engine_access_operation();

// `error`: how it did not answer. permission when its socket is not this user's to use, not_found when there
// is no socket; otherwise, and when the host cannot be asked, the error as it was.
Error explain_silence(const Ports& ports, const Host& host, const std::string& socket, Error error,
                      const std::stop_token& stop);

} // namespace deployctl::providers::docker
