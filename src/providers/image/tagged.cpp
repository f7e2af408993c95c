#include "providers/image/tagged.hpp"

#include <fmt/core.h>

#include "base/members.hpp"
#include "registry/image_copy.hpp"

namespace deployctl::providers::image {
namespace {

Stage put_stage() {
  return {.name = "put", .timeout = put_limit};
}

} // namespace

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

Result<registry::Reference> target_of(const Value& inputs) {
  return registry::parse_reference(text_at(inputs, "to"));
}

Observation observed(const registry::Digest& now) {
  Observation seen{.exists = !now.empty()};
  if (seen.exists) seen.managed = Value::Map{{"digest", now.text()}};
  return seen;
}

Value digest_before(const Observation& seen) {
  return seen.exists ? Value(text_at(seen.managed, "digest")) : Value();
}

Result<Change> put_change(const registry::Reference& to, const Observation& seen, bool may_move,
                          const std::string& wanted) {
  if (seen.exists && !may_move)
    return fail(Cause::policy,
                fmt::format("the tag '{}' means {}, not {}", to.text(), text_at(seen.managed, "digest"),
                            wanted.empty() ? "the image that is made" : wanted),
                "choose a new tag, or write 'move: true'");
  Change change{
      .action = seen.exists ? Action::update : Action::create, .summary = to.text(), .stages = {put_stage()}};
  if (!seen.exists) {
    change.undoable = Undoable::partly;
    change.undoable_why = "a new tag is removed only by registries that delete tags, and layers stay";
  }
  return change;
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
  Change change{
      .action = seen.exists ? Action::update : Action::create, .summary = to.text(), .stages = {put_stage()}};
  change.desired = Value::Map{{"from", from.text()}, {"to", to.text()}, {"digest", digest}};
  change.basis = seen.managed;
  return change;
}

std::string sent_line(const registry::Reference& to, const registry::Copied& copied) {
  return fmt::format("{}: {} layers and configurations sent ({} bytes), {} mounted, digest {}", to.text(),
                     copied.sent, copied.bytes, copied.mounted, copied.digest.text());
}

} // namespace deployctl::providers::image
