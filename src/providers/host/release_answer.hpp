// What a release answers when it is healthy. It is kept in its REVISION.json, because going back to it must
// wait for the answer that *it* gives, not for that of the release that failed. Where to ask is never taken
// from a host. Pure.
#pragma once

#include <deployctl/value.hpp>

namespace deployctl::providers::host {

// The answer fields of `health` as written; null when there is no health check.
Value answer_of(const Value& desired);

// `desired` with the answer fields of `health` replaced by these; null: any good status will do.
Value with_answer(Value desired, const Value& answer);

} // namespace deployctl::providers::host
