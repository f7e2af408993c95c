#include "providers/image/assemble.hpp"

#include <fmt/core.h>

#include "base/members.hpp"
#include "os/tree.hpp"
#include "providers/image/assemble_inputs.hpp"
#include "providers/image/tagged.hpp"
#include "registry/image_copy.hpp"

namespace deployctl::providers::image {
namespace {

class Assemble final : public Resource {
public:
  explicit Assemble(std::string scratch) : scratch_(std::move(scratch)) {}

  std::vector<Result<Observation>> observe(ReadSession& session, std::span<const Ask> asks) const override {
    std::vector<Result<Observation>> answers;
    for (const Ask& ask : asks) answers.push_back(observe_one(session, ask));
    return answers;
  }

  Result<Change> plan(const Ask& ask, const Observation& seen, const Strategy&) const override {
    DEPLOYCTL_TRY(const AssembleInputs inputs, decode(ask));
    DEPLOYCTL_TRY(const registry::Reference to, registry::parse_reference(inputs.to));
    Change change;
    if (!ask.inputs && seen.exists) change = removal_change(to);
    const Value* same = seen.facts.find("same");
    if (ask.inputs && !(same && *same == Value(true))) {
      DEPLOYCTL_TRY(change, put_change(*ask.inputs, inputs, to, seen));
    }
    change.basis = seen.managed;
    return change;
  }

  Result<Value> apply(WriteSession& session, const Change& change, const Stage&,
                      const Intent&) const override {
    SessionClient client(session.connection, session.ports);
    DEPLOYCTL_TRY(const registry::Reference to, target_of(change));
    DEPLOYCTL_CHECK(session.effects.undo(Value::Map{{"before", change.basis}}));
    if (change.action == Action::remove) return remove_tag(client, to, session.stop);
    if (change.desired.find("from")) return put_tag(session, client, change, to);
    return assemble(session, client, change, to);
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    SessionClient client(session.connection, session.ports);
    // A tag that was put back is known by the image's own digest.
    const TagMeans means =
        intent.change.desired.find("from") ? TagMeans::this_image : TagMeans::this_configuration;
    return confirm_tag(client, intent.change, means, session.stop);
  }

  Result<Change> revert(const Undo& undo, const Observation& seen) const override {
    DEPLOYCTL_TRY(const AssembleInputs inputs, decode(undo.ask));
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
  Result<AssembleInputs> decode(const Ask& ask) const {
    return table_.decode(ask.inputs ? *ask.inputs : ask.recorded);
  }

  Result<Observation> observe_one(ReadSession& session, const Ask& ask) const {
    SessionClient client(session.connection, session.ports);
    DEPLOYCTL_TRY(const AssembleInputs inputs, decode(ask));
    DEPLOYCTL_TRY(const registry::Reference to, registry::parse_reference(inputs.to));
    Observation seen;
    DEPLOYCTL_TRY(const auto now,
                  client->find_manifest(registry::pull_from(to.repository), to.tag, session.stop));
    seen.exists = now.has_value();
    if (now) seen.managed = Value::Map{{"digest", now->digest.text()}};
    if (!ask.inputs || !inputs.is_known()) return seen;
    const LocateFile locate = [&](const std::string& path, const std::string& sha256) {
      return session.ports.files.find(path, sha256);
    };
    DEPLOYCTL_TRY(Ingredients all, gather(client, inputs, locate, session.stop));
    DEPLOYCTL_TRY(const registry::Digest wanted,
                  registry::assembled_config(all.base, all.wishes, std::move(all.files), session.stop));
    seen.facts = Value::Map{{"wanted", wanted.text()},
                            {"base", all.base.is_scratch() ? no_base : all.base.reference().text()},
                            {"same", now && now->config.digest == wanted}};
    return seen;
  }

  static Result<Change> put_change(const Value& written, const AssembleInputs& inputs,
                                   const registry::Reference& to, const Observation& seen) {
    const std::string now = text_at(seen.managed, "digest");
    const std::string wanted = text_at(seen.facts, "wanted");
    if (seen.exists && !inputs.move)
      return fail(Cause::policy,
                  fmt::format("the tag '{}' means {}, not the image of configuration {}", to.text(), now,
                              wanted.empty() ? "that is made" : wanted),
                  "choose a new tag, or write 'move: true'");
    Change change{.action = seen.exists ? Action::update : Action::create, .summary = to.text()};
    change.desired = written;
    change.desired["to"] = to.text();
    if (inputs.is_known()) {
      const std::string base = text_at(seen.facts, "base");
      change.fields = {{.path = "base", .before = {}, .after = base},
                       {.path = "files",
                        .before = now.empty() ? Value() : Value(now),
                        .after = "sha256:" + text_at(inputs.files, "sha256")}};
      DEPLOYCTL_CHECK(pin_base(change.desired, inputs, base));
      change.desired["digest"] = wanted;
    }
    change.stages = {{.name = "put", .timeout = Milliseconds(3'600'000)}};
    if (!seen.exists) {
      change.undoable = Undoable::partly;
      change.undoable_why = new_tag_stays;
    }
    return change;
  }

  // The base as it was when the plan was made, under the name that it was written with.
  static Status pin_base(Value& desired, const AssembleInputs& inputs, const std::string& pinned) {
    if (inputs.base == no_base) return {};
    DEPLOYCTL_TRY(const registry::Reference from, registry::parse_reference(inputs.base));
    Value::Map labels(inputs.labels.begin(), inputs.labels.end());
    labels.emplace(base_name_label, base_name(from));
    desired["labels"] = std::move(labels);
    desired["base"] = pinned;
    return {};
  }

  Result<Value> assemble(WriteSession& session, SessionClient& client, const Change& change,
                         const registry::Reference& to) const {
    DEPLOYCTL_TRY(const AssembleInputs inputs, table_.decode(change.desired));
    const LocateFile locate = [&](const std::string&, const std::string& sha256) {
      return session.ports.files.blob(sha256);
    };
    DEPLOYCTL_TRY(Ingredients all, gather(client, inputs, locate, session.stop));
    DEPLOYCTL_TRY(const auto folder, os::TemporaryDirectory::create(scratch_, "deployctl-image-"));
    DEPLOYCTL_TRY(const registry::Assembly image,
                  registry::Assembly::make(*client, std::move(all.base), all.wishes, std::move(all.files),
                                           folder.path(), session.stop));
    DEPLOYCTL_TRY(const registry::Manifest root, image.root());
    if (const std::string planned = text_at(change.desired, "digest"); root.config.digest.text() != planned)
      return fail(Cause::conflict, fmt::format("the image has the configuration {}, the plan was made for {}",
                                               root.config.digest.text(), planned));
    DEPLOYCTL_TRY(const registry::Copied copied, registry::push_image(*client, image, to, {}, session.stop));
    session.output.line(
        Stream::out, fmt::format("{}: {} layers and configurations sent ({} bytes), {} mounted, digest {}",
                                 to.text(), copied.sent, copied.bytes, copied.mounted, copied.digest.text()));
    return check_tag(client, to, copied.digest, session.stop);
  }

  Table<AssembleInputs> table_ = assemble_table();
  std::string scratch_; // where the packed layer lies meanwhile
};

} // namespace

Provider make_assemble(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {
      .name = "image.assemble",
      .summary = "Makes an image of a base and files, without a daemon, and puts it into a repository.",
      .kind = Kind::resource,
      .fields = assemble_table().fields(),
      .outputs = tag_outputs(),
      .operations = operations(),
      .default_timeout = Milliseconds(3'600'000),
      .permissions = {"registry: pull `base`", "registry: pull,push `to`"},
      .crash_class = [](const Value&) { return CrashClass::declarative; },
      .check = check_assemble};
  provider.verbs = std::make_shared<const Assemble>(scratch_folder(surroundings));
  provider.connect = connector(surroundings);
  return provider;
}

} // namespace deployctl::providers::image
