// What Compose and the engine say when they cannot or would ask: words that are known, what they mean, and
// the way out. Pure.
#pragma once

#include <string_view>

#include <deployctl/error.hpp>
#include <deployctl/ports/hosts.hpp>
#include <deployctl/result.hpp>

namespace deployctl::providers::compose {

// The same error with the cause and the help that its evidence is known for.
Error explained(Error error);

// A question that nobody may answer for people: standard input is closed, so Compose took its own "no" and
// may even have ended well.
Status refuse_questions(const HostResult& result);

} // namespace deployctl::providers::compose
