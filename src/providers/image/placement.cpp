#include "providers/image/placement.hpp"

#include <optional>

#include <fmt/core.h>

#include "base/members.hpp"
#include "providers/image/tagged.hpp"
#include "registry/parallel.hpp"

namespace deployctl::providers::image {
namespace {

constexpr std::size_t asked_at_once = 8;
// What a change wants of the tag: a digest, or that it is gone (empty).
std::string wanted_digest(const Change& change) {
  return change.action == Action::remove ? "" : text_at(change.desired, "digest");
}

// The image is another step's output: its digest is known at this step's turn, when all is planned again.
Change unknown_change(Change change, const Wish& wish, const std::string& now) {
  change.action = now.empty() ? Action::create : Action::update;
  change.summary = wish.to.text();
  // Without a value the engine itself says that the field is unknown.
  if (!wish.unknown.is_null())
    change.fields = {
        {.path = wish.field, .before = now.empty() ? Value() : Value(now), .after = wish.unknown}};
  change.desired = Value::Map{{"from", wish.unknown}, {"to", wish.to.text()}};
  change.stages = {{.name = "put"}};
  if (now.empty()) {
    change.undoable = Undoable::partly;
    change.undoable_why = new_tag_stays;
  }
  return change;
}

} // namespace

Result<Observation> Placement::observe_one(SessionClient& client, const Ask& ask,
                                           const std::stop_token& stop) const {
  DEPLOYCTL_TRY(const Wish wish, read_(ask.inputs ? *ask.inputs : ask.recorded));
  Observation seen;
  std::string wanted = wish.from ? wish.from->digest.text() : "";
  const bool asks_source = wish.from && wanted.empty() && ask.inputs;
  // Neither answer needs the other.
  std::optional<registry::Descriptor> now, source;
  const auto job = [&](std::size_t index, const std::stop_token& inner) -> Status {
    const registry::Reference& asked = index == 0 ? wish.to : *wish.from;
    auto& answer = index == 0 ? now : source;
    DEPLOYCTL_TRY(answer, client->look(registry::pull_from(asked.repository), asked.tag, inner));
    return {};
  };
  DEPLOYCTL_CHECK(registry::for_all(asks_source ? 2 : 1, 2, job, stop));
  seen.exists = now.has_value();
  if (now) seen.managed = Value::Map{{"digest", now->digest.text()}};
  if (asks_source) {
    if (!source)
      return fail(Cause::image_missing,
                  fmt::format("'{}' has no tag '{}'", wish.from->repository.text(), wish.from->tag),
                  "push it first, or name another one");
    wanted = source->digest.text();
  }
  seen.facts = Value::Map{{"wanted", wanted}};
  return seen;
}

std::vector<Result<Observation>> Placement::observe(ReadSession& session, std::span<const Ask> asks) const {
  SessionClient client(session.connection, session.ports);
  std::vector<Result<Observation>> answers(asks.size());
  const auto job = [&](std::size_t index, const std::stop_token& stop) -> Status {
    answers[index] = observe_one(client, asks[index], stop);
    return {};
  };
  if (const Status done = registry::for_all(asks.size(), asked_at_once, job, session.stop); !done)
    for (auto& answer : answers) answer = fail(done.error());
  return answers;
}

Result<Change> Placement::plan(const Ask& ask, const Observation& seen, const Strategy&) const {
  DEPLOYCTL_TRY(const Wish wish, read_(ask.inputs ? *ask.inputs : ask.recorded));
  const std::string now = text_at(seen.managed, "digest");
  Change change;
  if (!ask.inputs) {
    if (seen.exists) change = removal_change(wish.to);
    change.basis = seen.managed;
    return change;
  }
  change.basis = seen.managed;
  if (!wish.from) return unknown_change(std::move(change), wish, now);
  const std::string wanted = text_at(seen.facts, "wanted");
  if (now == wanted) return change;
  if (seen.exists && !wish.move)
    return fail(Cause::policy, fmt::format("the tag '{}' means {}, not {}", wish.to.text(), now, wanted),
                "choose a new tag, or write 'move: true'");
  registry::Reference from = *wish.from;
  from.tag.clear();
  DEPLOYCTL_TRY(from.digest, registry::Digest::parse(wanted));
  change.action = seen.exists ? Action::update : Action::create;
  change.summary = wish.to.text();
  change.fields = {{.path = wish.field, .before = now.empty() ? Value() : Value(now), .after = wanted}};
  change.desired = Value::Map{
      {"from", from.text()}, {"to", wish.to.text()}, {"digest", wanted}, {"referrers", wish.referrers}};
  change.stages = {{.name = "put"}};
  if (!seen.exists) {
    change.undoable = Undoable::partly;
    change.undoable_why = new_tag_stays;
  }
  return change;
}

Result<Value> Placement::apply(WriteSession& session, const Change& change, const Stage&,
                               const Intent&) const {
  SessionClient client(session.connection, session.ports);
  DEPLOYCTL_TRY(const registry::Reference to, target_of(change));
  DEPLOYCTL_CHECK(session.effects.undo(Value::Map{{"before", change.basis}}));
  if (change.action == Action::remove) return remove_tag(client, to, session.stop);
  return put_tag(session, client, change, to);
}

Confirmation Placement::confirm(ReadSession& session, const Intent& intent) const {
  SessionClient client(session.connection, session.ports);
  const auto to = target_of(intent.change);
  if (!to) return {.state = Confirmation::State::unknown, .detail = to.error().message};
  const auto now = client->look(registry::pull_from(to->repository), to->tag, session.stop);
  if (!now) return {.state = Confirmation::State::unknown, .detail = now.error().message};
  const std::string digest = *now ? (*now)->digest.text() : "";
  const bool done = digest == wanted_digest(intent.change);
  return {.state = done ? Confirmation::State::done : Confirmation::State::not_done,
          .outputs = outputs_of(*to, digest)};
}

Result<Change> Placement::revert(const Undo& undo, const Observation& seen) const {
  DEPLOYCTL_TRY(const Wish wish, read_(undo.ask.inputs ? *undo.ask.inputs : undo.ask.recorded));
  return change_back(undo, seen, wish.to);
}

Value Placement::outputs(const Ask& ask, const Observation& seen) const {
  const auto wish = read_(ask.inputs ? *ask.inputs : ask.recorded);
  return wish ? outputs_of(wish->to, text_at(seen.managed, "digest")) : Value(Value::Map{});
}

Provider describe_placement(Provider provider, const Surroundings& surroundings, ReadWish read) {
  provider.description.kind = Kind::resource;
  provider.description.outputs = tag_outputs();
  provider.description.operations = operations();
  provider.description.default_timeout = Milliseconds(3'600'000);
  provider.description.crash_class = [](const Value&) { return CrashClass::declarative; };
  provider.verbs = std::make_shared<const Placement>(std::move(read));
  provider.connect = connector(surroundings);
  return provider;
}

} // namespace deployctl::providers::image
