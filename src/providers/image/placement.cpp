#include "providers/image/placement.hpp"

#include <fmt/core.h>

#include "base/members.hpp"
#include "providers/image/tagged.hpp"
#include "registry/parallel.hpp"

namespace deployctl::providers::image {
namespace {

// The image is another step's output: its digest is known at this step's turn, when all is planned again.
Result<Change> unknown_change(const Wish& wish, const registry::Reference& to, const Observation& seen) {
  DEPLOYCTL_TRY(Change change, put_change(to, seen, true, ""));
  // Without a value the engine itself says that the field is unknown.
  if (!wish.unknown.is_null())
    change.fields = {{.path = wish.field, .before = digest_before(seen), .after = wish.unknown}};
  change.desired = Value::Map{{"from", wish.unknown}, {"to", to.text()}};
  return change;
}

class Placement final : public TaggedImage {
public:
  explicit Placement(ReadWish read) : read_(std::move(read)) {}

private:
  Result<Observation> look(ReadSession& session, SessionClient& client, const Value& inputs,
                           const registry::Reference& to) const override {
    DEPLOYCTL_TRY(const Wish wish, read_(inputs));
    const bool asks_source = wish.from && wish.from->digest.empty();
    // Neither answer needs the other.
    std::optional<registry::Descriptor> now, source;
    const auto job = [&](std::size_t index, const std::stop_token& stop) -> Status {
      const registry::Reference& asked = index == 0 ? to : *wish.from;
      auto& answer = index == 0 ? now : source;
      DEPLOYCTL_TRY(answer, client->look(registry::pull_from(asked.repository), asked.tag, stop));
      return {};
    };
    DEPLOYCTL_CHECK(registry::for_all(asks_source ? 2 : 1, 2, job, session.stop));
    if (asks_source && !source)
      return fail(Cause::image_missing,
                  fmt::format("'{}' has no tag '{}'", wish.from->repository.text(), wish.from->tag),
                  "push it first, or name another one");
    Observation seen = observed(now ? now->digest : registry::Digest{});
    if (!wish.from) return seen;
    const registry::Digest& wanted = asks_source ? source->digest : wish.from->digest;
    seen.facts = Value::Map{{"wanted", wanted.text()}, {"same", now && now->digest == wanted}};
    return seen;
  }

  Result<Change> change_for(const Value& inputs, const registry::Reference& to,
                            const Observation& seen) const override {
    DEPLOYCTL_TRY(const Wish wish, read_(inputs));
    if (!wish.from) return unknown_change(wish, to, seen);
    const std::string wanted = text_at(seen.facts, "wanted");
    registry::Reference from = *wish.from;
    from.tag.clear();
    DEPLOYCTL_TRY(from.digest, registry::Digest::parse(wanted));
    DEPLOYCTL_TRY(Change change, put_change(to, seen, wish.move, wanted));
    change.fields = {{.path = wish.field, .before = digest_before(seen), .after = wanted}};
    change.desired = Value::Map{
        {"from", from.text()}, {"to", to.text()}, {"digest", wanted}, {"referrers", wish.referrers}};
    return change;
  }

  ReadWish read_;
};

} // namespace

std::shared_ptr<const TaggedImage> placement(ReadWish read) {
  return std::make_shared<const Placement>(std::move(read));
}

} // namespace deployctl::providers::image
