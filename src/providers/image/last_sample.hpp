// What the gates over images share: a sample that holds what was found or why nothing was, and what such a
// sample comes to when it has no data; and how such a gate is described.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include <deployctl/provider.hpp>

#include "providers/image/registries.hpp"

namespace deployctl::providers::image {

Sample taken_by(ReadSession& session, const std::function<Result<Value>()>& examine);

// Of the last sample: nothing when it has data. Whoever was lost on the way may be asked again.
std::optional<Verdict> without_data(std::span<const Sample> samples);

// The digest that is meant. Cause::image_missing: there is no such tag.
Result<registry::Digest> pinned(SessionClient& client, const registry::Reference& image,
                                const std::stop_token& stop);

// A gate over `image` with its summary, fields and check: the rest of its description, its operations before
// those it has already, and what answers for it.
Provider describe_gate(Provider provider, const Surroundings& surroundings,
                       std::shared_ptr<const Gate> verbs);

} // namespace deployctl::providers::image
