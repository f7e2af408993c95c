#include "providers/image/push.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/members.hpp"
#include "providers/image/push_inputs.hpp"
#include "providers/image/tagged.hpp"
#include "providers/image/tagged_image.hpp"
#include "registry/local_image.hpp"

namespace deployctl::providers::image {
namespace {

std::uint64_t count_at(const Value& value, std::string_view key) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number_at(value, key).value_or(0)));
}

// What the tag means, as much of it as tells whether it is this image.
Result<registry::Before> known_of(SessionClient& client, const registry::Access& access,
                                  const std::string& tag, const registry::LocalImage& local,
                                  const std::stop_token& stop) {
  registry::Before before;
  if (!local.known_by_configuration()) {
    DEPLOYCTL_TRY(const auto now, client->look(access, tag, stop));
    if (!now) return before;
    if (now->digest == local.digest()) {
      before.image = registry::Manifest{.digest = now->digest};
      return before;
    }
  }
  DEPLOYCTL_TRY(before.image, client->find_manifest(access, tag, stop));
  return before;
}

class Push final : public TaggedImage {
public:
  explicit Push(std::string scratch) : scratch_(std::move(scratch)) {}

private:
  Result<Observation> look(ReadSession& session, SessionClient& client, const Value& asked,
                           const registry::Reference& to) const override {
    DEPLOYCTL_TRY(const PushInputs inputs, table_.decode(asked));
    const registry::Access access = registry::pull_from(to.repository);
    if (!inputs.is_known()) {
      DEPLOYCTL_TRY(const auto now, client->look(access, to.tag, session.stop));
      return observed(now ? now->digest : registry::Digest{});
    }
    const Locate locate = [&](const std::string& path, const std::string& sha256) {
      return session.ports.files.find(path, sha256);
    };
    DEPLOYCTL_TRY(const auto files, open_source(inputs, locate));
    DEPLOYCTL_TRY(const auto local, registry::LocalImage::open(files, inputs.name));
    DEPLOYCTL_TRY(const registry::Before before, known_of(client, access, to.tag, local, session.stop));
    Observation seen = observed(before.image ? before.image->digest : registry::Digest{});
    const bool same = before.image && local.is(*before.image);
    seen.facts = Value::Map{{"wanted", local.digest().text()},
                            {"by_configuration", local.known_by_configuration()},
                            {"same", same}};
    if (same) return seen;
    DEPLOYCTL_TRY(const auto work, local.work(*client, access, before, session.stop));
    seen.facts["blobs"] = static_cast<std::int64_t>(work.blobs);
    seen.facts["missing"] = static_cast<std::int64_t>(work.missing);
    seen.facts["bytes"] = static_cast<std::int64_t>(work.bytes);
    return seen;
  }

  Result<Change> change_for(const Value& asked, const registry::Reference& to,
                            const Observation& seen) const override {
    DEPLOYCTL_TRY(const PushInputs inputs, table_.decode(asked));
    const std::string wanted = text_at(seen.facts, "wanted");
    const bool by_configuration = flag_at(seen.facts, "by_configuration");
    DEPLOYCTL_TRY(Change change, put_change(to, seen, inputs.move, wanted));
    if (inputs.is_known()) {
      change.summary = fmt::format("{}: {} of {} layers and configurations to send, at most {} bytes",
                                   to.text(), count_at(seen.facts, "missing"), count_at(seen.facts, "blobs"),
                                   count_at(seen.facts, "bytes"));
      change.fields = {{.path = inputs.field(),
                        .before = digest_before(seen),
                        .after = by_configuration ? "the image of configuration " + wanted : wanted}};
    }
    change.desired = Value::Map{{"to", to.text()},
                                {"name", inputs.name},
                                {inputs.field(), inputs.source()},
                                {"digest", wanted},
                                {"by_configuration", by_configuration}};
    return change;
  }

  Result<Value> put(WriteSession& session, SessionClient& client, const Change& change,
                    const registry::Reference& to) const override {
    DEPLOYCTL_TRY(const PushInputs inputs, table_.decode(change.desired));
    const Locate locate = [&](const std::string&, const std::string& sha256) {
      return session.ports.files.blob(sha256);
    };
    DEPLOYCTL_TRY(const auto files, open_source(inputs, locate));
    DEPLOYCTL_TRY(const auto local, registry::LocalImage::open(files, inputs.name));
    if (const std::string planned = text_at(change.desired, "digest"); local.digest().text() != planned)
      return fail(Cause::conflict,
                  fmt::format("the image is {}, the plan was made for {}", local.digest().text(), planned));
    DEPLOYCTL_TRY(const registry::Copied copied, local.push(*client, to, {}, scratch_, session.stop));
    session.output.line(Stream::out, sent_line(to, copied));
    return check_tag(client, to, copied.digest, session.stop);
  }

  Table<PushInputs> table_ = push_table();
  std::string scratch_; // where packed layers lie meanwhile
};

} // namespace

Provider make_push(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {
      .name = "image.push",
      .summary = "Puts an image of this machine into a repository, layers first and the tag last.",
      .fields = push_table().fields(),
      .groups = {{.names = {"archive", "layout"}, .required = true}},
      .permissions = {"registry: pull,push `to`"},
      .check = check_push};
  return describe_tagged(std::move(provider), surroundings,
                         std::make_shared<const Push>(scratch_folder(surroundings)));
}

} // namespace deployctl::providers::image
