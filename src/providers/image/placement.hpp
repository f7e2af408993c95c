// A tag on an image that is in a registry: what image.tag and image.promote make, by digest, with what it
// needs brought along. They differ in what is written.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <deployctl/provider.hpp>

#include "providers/image/tagged_image.hpp"
#include "registry/reference.hpp"

namespace deployctl::providers::image {

struct Wish {
  std::optional<registry::Reference> from; // none while it is not known
  Value unknown;                           // what stands in its place then
  std::string field;                       // where the source is written: "image"
  bool move = true;                        // also when the tag means another image now
  bool referrers = false;
};

using ReadWish = std::function<Result<Wish>(const Value& inputs)>;

std::shared_ptr<const TaggedImage> placement(ReadWish read);

} // namespace deployctl::providers::image
