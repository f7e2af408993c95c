#include "providers/image/tagged_image.hpp"

#include <fmt/core.h>

#include "base/members.hpp"
#include "providers/image/tagged.hpp"
#include "registry/image_copy.hpp"
#include "registry/parallel.hpp"

namespace deployctl::providers::image {
namespace {

constexpr std::size_t asked_at_once = 8;

const Value& inputs_of(const Ask& ask) {
  return ask.inputs ? *ask.inputs : ask.recorded;
}

// As much of what the tag means as tells whether it is what the change wants.
Result<registry::Manifest> meaning(SessionClient& client, const registry::Reference& to,
                                   bool by_configuration, const std::stop_token& stop) {
  const registry::Access access = registry::pull_from(to.repository);
  if (by_configuration) {
    DEPLOYCTL_TRY(const auto whole, client->find_manifest(access, to.tag, stop));
    return whole.value_or(registry::Manifest{});
  }
  DEPLOYCTL_TRY(const auto now, client->look(access, to.tag, stop));
  return registry::Manifest{.digest = now ? now->digest : registry::Digest{}};
}

} // namespace

Result<Observation> TaggedImage::observe_one(ReadSession& session, SessionClient& client,
                                             const Ask& ask) const {
  DEPLOYCTL_TRY(const registry::Reference to, target_of(inputs_of(ask)));
  if (ask.inputs) return look(session, client, *ask.inputs, to);
  DEPLOYCTL_TRY(const auto now, client->look(registry::pull_from(to.repository), to.tag, session.stop));
  return observed(now ? now->digest : registry::Digest{});
}

std::vector<Result<Observation>> TaggedImage::observe(ReadSession& session, std::span<const Ask> asks) const {
  SessionClient client(session.connection, session.ports);
  std::vector<Result<Observation>> answers(asks.size());
  const auto job = [&](std::size_t index, const std::stop_token&) -> Status {
    answers[index] = observe_one(session, client, asks[index]);
    return {};
  };
  if (const Status done = registry::for_all(asks.size(), asked_at_once, job, session.stop); !done)
    for (auto& answer : answers) answer = fail(done.error());
  return answers;
}

Result<Change> TaggedImage::plan(const Ask& ask, const Observation& seen, const Strategy&) const {
  DEPLOYCTL_TRY(const registry::Reference to, target_of(inputs_of(ask)));
  Change change;
  if (!ask.inputs && seen.exists) change = removal_change(to);
  if (ask.inputs && !flag_at(seen.facts, "same")) {
    DEPLOYCTL_TRY(change, change_for(*ask.inputs, to, seen));
  }
  change.basis = seen.managed;
  return change;
}

Result<Value> TaggedImage::apply(WriteSession& session, const Change& change, const Stage&,
                                 const Intent&) const {
  SessionClient client(session.connection, session.ports);
  DEPLOYCTL_TRY(const registry::Reference to, target_of(change.desired));
  DEPLOYCTL_CHECK(session.effects.undo(Value::Map{{"before", change.basis}}));
  if (change.action == Action::remove) return remove_tag(client, to, session.stop);
  // What a tag goes back to is in the registry, wherever it once came from.
  return change.desired.find("from") ? TaggedImage::put(session, client, change, to)
                                     : put(session, client, change, to);
}

Result<Value> TaggedImage::put(WriteSession& session, SessionClient& client, const Change& change,
                               const registry::Reference& to) const {
  DEPLOYCTL_TRY(const registry::Reference from, registry::parse_reference(text_at(change.desired, "from")));
  const registry::CopyOptions options{.referrers = flag_at(change.desired, "referrers")};
  DEPLOYCTL_TRY(const registry::Copied copied,
                registry::promote_image(*client, from, to, options, session.stop));
  session.output.line(Stream::out, fmt::format("{}: {} layers mounted, {} sent ({} bytes)", to.text(),
                                               copied.mounted, copied.sent, copied.bytes));
  return check_tag(client, to, copied.digest, session.stop);
}

Confirmation TaggedImage::confirm(ReadSession& session, const Intent& intent) const {
  SessionClient client(session.connection, session.ports);
  const Change& change = intent.change;
  const auto to = target_of(change.desired);
  if (!to) return {.state = Confirmation::State::unknown, .detail = to.error().message};
  const bool by_configuration = flag_at(change.desired, "by_configuration");
  const auto there = meaning(client, *to, by_configuration, session.stop);
  if (!there) return {.state = Confirmation::State::unknown, .detail = there.error().message};
  const std::string is = (by_configuration ? there->config.digest : there->digest).text();
  const std::string wanted = change.action == Action::remove ? "" : text_at(change.desired, "digest");
  return {.state = is == wanted ? Confirmation::State::done : Confirmation::State::not_done,
          .outputs = outputs_of(*to, there->digest.text())};
}

Result<Change> TaggedImage::revert(const Undo& undo, const Observation& seen) const {
  DEPLOYCTL_TRY(const registry::Reference to, target_of(inputs_of(undo.ask)));
  return change_back(undo, seen, to);
}

Value TaggedImage::outputs(const Ask& ask, const Observation& seen) const {
  const auto to = target_of(inputs_of(ask));
  return to ? outputs_of(*to, text_at(seen.managed, "digest")) : Value(Value::Map{});
}

Provider describe_tagged(Provider provider, const Surroundings& surroundings,
                         std::shared_ptr<const TaggedImage> verbs) {
  provider.description.kind = Kind::resource;
  provider.description.outputs = tag_outputs();
  provider.description.operations = operations();
  provider.description.default_timeout = put_limit;
  provider.description.crash_class = [](const Value&) { return CrashClass::declarative; };
  provider.verbs = std::move(verbs);
  provider.connect = connector(surroundings);
  return provider;
}

} // namespace deployctl::providers::image
