// A tag of a repository as the thing that an action makes: what it gives, how it is put on a digest that is
// in a registry, how it is taken away, and how it goes back. Shared by the actions that put tags.
#pragma once

#include <string>

#include <deployctl/provider.hpp>

#include "providers/image/registries.hpp"

namespace deployctl::providers::image {

inline constexpr const char* new_tag_stays =
    "a new tag is removed only by registries that delete tags, and layers stay";

// "ref", "digest" and "tag"; the digest may be empty.
Value outputs_of(const registry::Reference& to, const std::string& digest);
std::vector<Output> tag_outputs(); // described

Result<registry::Reference> target_of(const Change& change); // `to` of what it wants

Change removal_change(const registry::Reference& to);
Result<Value> remove_tag(SessionClient& client, const registry::Reference& to, const std::stop_token& stop);

// Puts the tag on `from` of what the change wants: a digest of this or another repository.
Result<Value> put_tag(WriteSession& session, SessionClient& client, const Change& change,
                      const registry::Reference& to);
// The outputs, when the tag still means what was put there: two may put one at once.
Result<Value> check_tag(SessionClient& client, const registry::Reference& to, const registry::Digest& put,
                        const std::stop_token& stop);

// How a change says in `desired.digest` which image it puts: by its own digest or by its configuration's.
enum class TagMeans { this_image, this_configuration };
Confirmation confirm_tag(SessionClient& client, const Change& change, TagMeans means,
                         const std::stop_token& stop);

// From undo data {"before": {"digest"}}.
Result<Change> change_back(const Undo& undo, const Observation& seen, const registry::Reference& to);

} // namespace deployctl::providers::image
