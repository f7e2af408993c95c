// The resource that image.tag, image.promote, image.push and image.assemble are: a tag of a repository that
// means the image that is wanted. They differ in where that image comes from; the rest is here.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "providers/image/registries.hpp"

namespace deployctl::providers::image {

class TaggedImage : public Resource {
public:
  std::vector<Result<Observation>> observe(ReadSession& session, std::span<const Ask> asks) const final;
  Result<Change> plan(const Ask& ask, const Observation& seen, const Strategy&) const final;
  Result<Value> apply(WriteSession& session, const Change& change, const Stage& stage,
                      const Intent& intent) const final;
  Confirmation confirm(ReadSession& session, const Intent& intent) const final;
  Result<Change> revert(const Undo& undo, const Observation& seen) const final;
  Value outputs(const Ask& ask, const Observation& seen) const final;

protected:
  // What the tag means, and in `facts` which image is "wanted" and whether it is the "same".
  virtual Result<Observation> look(ReadSession& session, SessionClient& client, const Value& inputs,
                                   const registry::Reference& to) const = 0;
  // How the tag comes to mean another image, which `desired.digest` names: by its own digest or, where the
  // flag "by_configuration" is set, by its configuration's. Without a basis.
  virtual Result<Change> change_for(const Value& inputs, const registry::Reference& to,
                                    const Observation& seen) const = 0;
  // Puts the tag; what is not overridden puts it on `desired.from`, a digest of this or another repository.
  virtual Result<Value> put(WriteSession& session, SessionClient& client, const Change& change,
                            const registry::Reference& to) const;

private:
  Result<Observation> observe_one(ReadSession& session, SessionClient& client, const Ask& ask) const;
};

// What all of them are described by.
Provider describe_tagged(Provider provider, const Surroundings& surroundings,
                         std::shared_ptr<const TaggedImage> verbs);

} // namespace deployctl::providers::image
