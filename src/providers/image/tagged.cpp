#include "providers/image/tagged.hpp"

#include <fmt/core.h>

#include "base/members.hpp"
#include "registry/image_copy.hpp"

namespace deployctl::providers::image {

Value outputs_of(const registry::Reference& to, const std::string& digest) {
  const std::string tagged = to.repository.text() + ":" + to.tag;
  return Value::Map{{"ref", digest.empty() ? tagged : to.repository.text() + "@" + digest},
                    {"digest", digest},
                    {"tag", tagged}};
}

std::vector<Output> tag_outputs() {
  return {{.name = "ref", .help = "The image by its digest, for actions that run it."},
          {.name = "digest", .help = "The digest of the image or index."},
          {.name = "tag", .help = "The repository and the tag that was put."}};
}

Result<registry::Reference> target_of(const Change& change) {
  return registry::parse_reference(text_at(change.desired, "to"));
}

Change removal_change(const registry::Reference& to) {
  Change change{.action = Action::remove,
                .summary = "the tag " + to.text(),
                .stages = {{.name = "remove"}},
                .undoable = Undoable::yes};
  change.desired = Value::Map{{"to", to.text()}};
  return change;
}

Result<Value> remove_tag(SessionClient& client, const registry::Reference& to, const std::stop_token& stop) {
  registry::Access access = registry::push_to(to.repository);
  access.remove = true;
  DEPLOYCTL_CHECK(client->remove(access, to.tag, stop).map_error([&](Error error) {
    if (error.cause == Cause::config || error.cause == Cause::conflict)
      error.help =
          fmt::format("where a registry deletes no tags, '{}' stays until its digest is deleted by hand, "
                      "with every other tag on it",
                      to.tag);
    return error;
  }));
  return outputs_of(to, "");
}

Result<Value> check_tag(SessionClient& client, const registry::Reference& to, const registry::Digest& put,
                        const std::stop_token& stop) {
  DEPLOYCTL_TRY(const auto now, client->look(registry::push_to(to.repository), to.tag, stop));
  if (!now || now->digest != put)
    return fail(Cause::conflict, fmt::format("the tag '{}' was put on {}, and now means {}", to.text(),
                                             put.text(), now ? now->digest.text() : "nothing"));
  return outputs_of(to, put.text());
}

Result<Value> put_tag(WriteSession& session, SessionClient& client, const Change& change,
                      const registry::Reference& to) {
  DEPLOYCTL_TRY(const registry::Reference from, registry::parse_reference(text_at(change.desired, "from")));
  const Value* referrers = change.desired.find("referrers");
  const registry::CopyOptions options{.referrers = referrers && *referrers == Value(true)};
  DEPLOYCTL_TRY(const registry::Copied copied,
                registry::promote_image(*client, from, to, options, session.stop));
  session.output.line(Stream::out, fmt::format("{}: {} layers mounted, {} sent ({} bytes)", to.text(),
                                               copied.mounted, copied.sent, copied.bytes));
  return check_tag(client, to, copied.digest, session.stop);
}

Confirmation confirm_tag(SessionClient& client, const Change& change, TagMeans means,
                         const std::stop_token& stop) {
  const auto to = target_of(change);
  if (!to) return {.state = Confirmation::State::unknown, .detail = to.error().message};
  const auto now = client->find_manifest(registry::pull_from(to->repository), to->tag, stop);
  if (!now) return {.state = Confirmation::State::unknown, .detail = now.error().message};
  const registry::Manifest there = *now ? **now : registry::Manifest{};
  const registry::Digest& is = means == TagMeans::this_configuration ? there.config.digest : there.digest;
  const std::string wanted = change.action == Action::remove ? "" : text_at(change.desired, "digest");
  return {.state = is.text() == wanted ? Confirmation::State::done : Confirmation::State::not_done,
          .outputs = outputs_of(*to, there.digest.text())};
}

Result<Change> change_back(const Undo& undo, const Observation& seen, const registry::Reference& to) {
  const Value* before = undo.data.find("before");
  if (!before) return fail(Cause::internal, "undo data without 'before'");
  const std::string digest = text_at(*before, "digest");
  if (digest == text_at(seen.managed, "digest")) return Change{};
  if (digest.empty()) {
    Change change = removal_change(to);
    change.basis = seen.managed;
    return change;
  }
  registry::Reference from = to;
  from.tag.clear();
  DEPLOYCTL_TRY(from.digest, registry::Digest::parse(digest));
  Change change{.action = seen.exists ? Action::update : Action::create, .summary = to.text()};
  change.desired = Value::Map{{"from", from.text()}, {"to", to.text()}, {"digest", digest}};
  change.basis = seen.managed;
  change.stages = {{.name = "put"}};
  return change;
}

} // namespace deployctl::providers::image
