// A tag of a repository as the thing that an action makes: what it gives, what changes it, how it is taken
// away, and how it goes back. Values and single steps; the resource made of them is TaggedImage.
#pragma once

#include <string>

#include <deployctl/provider.hpp>

#include "providers/image/registries.hpp"

namespace deployctl::registry {
struct Copied;
}

namespace deployctl::providers::image {

inline constexpr Milliseconds put_limit{3'600'000};

// "ref", "digest" and "tag"; the digest may be empty.
Value outputs_of(const registry::Reference& to, const std::string& digest);
std::vector<Output> tag_outputs(); // described

Result<registry::Reference> target_of(const Value& inputs); // their `to`

Observation observed(const registry::Digest& now); // empty: there is no such tag
Value digest_before(const Observation& seen);      // null likewise

// Puts the tag, whichever image it gets; refused when it means one already and may not move. `wanted` may be
// empty while nobody knows it.
Result<Change> put_change(const registry::Reference& to, const Observation& seen, bool may_move,
                          const std::string& wanted);
Change removal_change(const registry::Reference& to);
// From undo data {"before": {"digest"}}.
Result<Change> change_back(const Undo& undo, const Observation& seen, const registry::Reference& to);

Result<Value> remove_tag(SessionClient& client, const registry::Reference& to, const std::stop_token& stop);
// The outputs, when the tag still means what was put there: two may put one at once.
Result<Value> check_tag(SessionClient& client, const registry::Reference& to, const registry::Digest& put,
                        const std::stop_token& stop);

// For the log.
std::string sent_line(const registry::Reference& to, const registry::Copied& copied);

} // namespace deployctl::providers::image
