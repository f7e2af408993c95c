#include "providers/image/push.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/members.hpp"
#include "providers/image/push_inputs.hpp"
#include "providers/image/registries.hpp"
#include "providers/image/tagged.hpp"
#include "registry/local_image.hpp"

namespace deployctl::providers::image {
namespace {

std::uint64_t count_at(const Value& value, std::string_view key) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number_at(value, key).value_or(0)));
}

bool flag_at(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found && *found == Value(true);
}

// What the tag means, as much of it as tells whether it is this image.
Result<registry::Before> look(SessionClient& client, const registry::Access& access, const std::string& tag,
                              const registry::LocalImage& local, const std::stop_token& stop) {
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

class Push final : public Resource {
public:
  explicit Push(std::string scratch) : scratch_(std::move(scratch)) {}

  std::vector<Result<Observation>> observe(ReadSession& session, std::span<const Ask> asks) const override {
    std::vector<Result<Observation>> answers;
    for (const Ask& ask : asks) answers.push_back(observe_one(session, ask));
    return answers;
  }

  Result<Change> plan(const Ask& ask, const Observation& seen, const Strategy&) const override {
    DEPLOYCTL_TRY(const PushInputs inputs, decode(ask));
    DEPLOYCTL_TRY(const registry::Reference to, registry::parse_reference(inputs.to));
    Change change;
    if (!ask.inputs) {
      if (seen.exists) change = removal_change(to);
      change.basis = seen.managed;
      return change;
    }
    if (flag_at(seen.facts, "same")) {
      change.basis = seen.managed;
      return change;
    }
    return put_change(inputs, to, seen);
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage&,
                      const Intent&) const override {
    SessionClient client(session.connection, session.ports);
    DEPLOYCTL_TRY(const registry::Reference to, target_of(change));
    DEPLOYCTL_CHECK(session.effects.undo(Value::Map{{"before", change.basis}}));
    if (change.action == Action::remove) return remove_tag(client, to, session.stop);
    if (change.desired.find("from")) return put_tag(session, client, change, to);
    return push(session, client, change, to);
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    SessionClient client(session.connection, session.ports);
    const bool by_configuration = flag_at(intent.change.desired, "by_configuration");
    return confirm_tag(client, intent.change,
                       by_configuration ? TagMeans::this_configuration : TagMeans::this_image, session.stop);
  }

  Result<Change> revert(const Undo& undo, const Observation& seen) const override {
    DEPLOYCTL_TRY(const PushInputs inputs, decode(undo.ask));
    DEPLOYCTL_TRY(const registry::Reference to, registry::parse_reference(inputs.to));
    return change_back(undo, seen, to);
  }

  Value outputs(const Ask& ask, const Observation& seen) const override {
    const auto inputs = decode(ask);
    if (!inputs) return Value::Map{};
    const auto to = registry::parse_reference(inputs->to);
    return to ? outputs_of(*to, text_at(seen.managed, "digest")) : Value(Value::Map{});
  }

private:
  Result<PushInputs> decode(const Ask& ask) const {
    return table_.decode(ask.inputs ? *ask.inputs : ask.recorded);
  }

  Result<Observation> observe_one(ReadSession& session, const Ask& ask) const {
    SessionClient client(session.connection, session.ports);
    DEPLOYCTL_TRY(const PushInputs inputs, decode(ask));
    DEPLOYCTL_TRY(const registry::Reference to, registry::parse_reference(inputs.to));
    const registry::Access access = registry::pull_from(to.repository);
    Observation seen;
    if (!ask.inputs || !inputs.is_known()) {
      DEPLOYCTL_TRY(const auto now, client->look(access, to.tag, session.stop));
      seen.exists = now.has_value();
      if (now) seen.managed = Value::Map{{"digest", now->digest.text()}};
      return seen;
    }
    const Locate locate = [&](const std::string& path, const std::string& sha256) {
      return session.ports.files.find(path, sha256);
    };
    DEPLOYCTL_TRY(const auto files, open_source(inputs, locate));
    DEPLOYCTL_TRY(const auto local, registry::LocalImage::open(files, inputs.name));
    DEPLOYCTL_TRY(const registry::Before before, look(client, access, to.tag, local, session.stop));
    seen.exists = before.image.has_value();
    if (before.image) seen.managed = Value::Map{{"digest", before.image->digest.text()}};
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

  Result<Change> put_change(const PushInputs& inputs, const registry::Reference& to,
                            const Observation& seen) const {
    const std::string now = text_at(seen.managed, "digest");
    const std::string wanted = text_at(seen.facts, "wanted");
    const bool by_configuration = flag_at(seen.facts, "by_configuration");
    if (seen.exists && !inputs.move)
      return fail(Cause::policy, fmt::format("the tag '{}' means {}, not {}", to.text(), now, wanted),
                  "choose a new tag, or write 'move: true'");
    Change change{.action = seen.exists ? Action::update : Action::create, .summary = to.text()};
    if (inputs.is_known()) {
      change.summary = fmt::format("{}: {} of {} layers and configurations to send, at most {} bytes",
                                   to.text(), count_at(seen.facts, "missing"), count_at(seen.facts, "blobs"),
                                   count_at(seen.facts, "bytes"));
      change.fields = {{.path = inputs.field(),
                        .before = now.empty() ? Value() : Value(now),
                        .after = by_configuration ? "the image of configuration " + wanted : wanted}};
    }
    change.desired = Value::Map{{"to", to.text()},
                                {"name", inputs.name},
                                {inputs.field(), inputs.source()},
                                {"digest", wanted},
                                {"by_configuration", by_configuration}};
    change.basis = seen.managed;
    change.stages = {{.name = "put", .timeout = Milliseconds(3'600'000)}};
    if (!seen.exists) {
      change.undoable = Undoable::partly;
      change.undoable_why = new_tag_stays;
    }
    return change;
  }

  Result<Value> push(WriteSession& session, SessionClient& client, const Change& change,
                     const registry::Reference& to) const {
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
    session.output.line(Stream::out,
                        fmt::format("{}: {} layers and configurations sent ({} bytes), digest {}", to.text(),
                                    copied.sent, copied.bytes, copied.digest.text()));
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
      .kind = Kind::resource,
      .fields = push_table().fields(),
      .groups = {{.names = {"archive", "layout"}, .required = true}},
      .outputs = tag_outputs(),
      .operations = operations(),
      .default_timeout = Milliseconds(3'600'000),
      .permissions = {"registry: pull,push `to`"},
      .crash_class = [](const Value&) { return CrashClass::declarative; },
      .check = check_push};
  provider.verbs = std::make_shared<const Push>(scratch_folder(surroundings));
  provider.connect = connector(surroundings);
  return provider;
}

} // namespace deployctl::providers::image
