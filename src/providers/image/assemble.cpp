#include "providers/image/assemble.hpp"

#include <fmt/core.h>

#include "base/members.hpp"
#include "os/tree.hpp"
#include "providers/image/assemble_inputs.hpp"
#include "providers/image/tagged.hpp"
#include "providers/image/tagged_image.hpp"
#include "registry/image_copy.hpp"

namespace deployctl::providers::image {
namespace {

class Assemble final : public TaggedImage {
public:
  explicit Assemble(std::string scratch) : scratch_(std::move(scratch)) {}

private:
  Result<Observation> look(ReadSession& session, SessionClient& client, const Value& asked,
                           const registry::Reference& to) const override {
    DEPLOYCTL_TRY(const AssembleInputs inputs, table_.decode(asked));
    DEPLOYCTL_TRY(const auto now,
                  client->find_manifest(registry::pull_from(to.repository), to.tag, session.stop));
    Observation seen = observed(now ? now->digest : registry::Digest{});
    if (!inputs.is_known()) return seen;
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

  Result<Change> change_for(const Value& asked, const registry::Reference& to,
                            const Observation& seen) const override {
    DEPLOYCTL_TRY(const AssembleInputs inputs, table_.decode(asked));
    const std::string wanted = text_at(seen.facts, "wanted");
    DEPLOYCTL_TRY(Change change, put_change(to, seen, inputs.move,
                                            wanted.empty() ? "" : "the image of configuration " + wanted));
    change.desired = asked;
    change.desired["to"] = to.text();
    change.desired["by_configuration"] = true;
    if (inputs.is_known()) {
      const std::string base = text_at(seen.facts, "base");
      change.fields = {{.path = "base", .before = {}, .after = base},
                       {.path = "files",
                        .before = digest_before(seen),
                        .after = "sha256:" + text_at(inputs.files, "sha256")}};
      DEPLOYCTL_CHECK(pin_base(change.desired, inputs, base));
      change.desired["digest"] = wanted;
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

  Result<Value> put(WriteSession& session, SessionClient& client, const Change& change,
                    const registry::Reference& to) const override {
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
    session.output.line(Stream::out, sent_line(to, copied));
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
      .fields = assemble_table().fields(),
      .permissions = {"registry: pull `base`", "registry: pull,push `to`"},
      .check = check_assemble};
  return describe_tagged(std::move(provider), surroundings,
                         std::make_shared<const Assemble>(scratch_folder(surroundings)));
}

} // namespace deployctl::providers::image
