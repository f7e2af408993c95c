// A tag that means an image: the one thing that image.tag and image.promote make, by digest, with what it
// needs brought along. They differ in what is written; the rest is here.
#pragma once

#include <functional>
#include <optional>

#include <deployctl/provider.hpp>

#include "providers/image/registries.hpp"

namespace deployctl::providers::image {

struct Wish {
  std::optional<registry::Reference> from; // none while it is not known
  Value unknown;                           // what stands in its place then
  registry::Reference to;                  // with a tag
  std::string field;                       // where the source is written: "image"
  bool move = true;                        // also when the tag means another image now
  bool referrers = false;
};

using ReadWish = std::function<Result<Wish>(const Value& inputs)>;

class Placement final : public Resource {
public:
  explicit Placement(ReadWish read) : read_(std::move(read)) {}

  std::vector<Result<Observation>> observe(ReadSession& session, std::span<const Ask> asks) const override;
  Result<Change> plan(const Ask& ask, const Observation& seen, const Strategy&) const override;
  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const override;
  Confirmation confirm(ReadSession& session, const Intent& intent) const override;
  Result<Change> revert(const Undo& undo, const Observation& seen) const override;
  Value outputs(const Ask& ask, const Observation& seen) const override;

private:
  Result<Observation> observe_one(SessionClient& client, const Ask& ask, const std::stop_token& stop) const;

  ReadWish read_;
};

// The outputs and the crash class of both.
Provider describe_placement(Provider provider, const Surroundings& surroundings, ReadWish read);

} // namespace deployctl::providers::image
