// Errors without the secrets of their step. The engine's sinks mask again; here the values are known for
// sure.
#pragma once

#include <deployctl/error.hpp>
#include <deployctl/value.hpp>

namespace deployctl::providers {

// Every resolved secret in `desired` becomes [secret:NAME] in message, help, frames and evidence.
Error masked(Error error, const Value& desired);

} // namespace deployctl::providers
