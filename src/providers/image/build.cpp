#include "providers/image/build.hpp"

#include <optional>

#include <fmt/core.h>

#include "base/members.hpp"
#include "base/strings.hpp"
#include "os/files.hpp"
#include "os/tree.hpp"
#include "providers/image/build_inputs.hpp"
#include "providers/image/build_runs.hpp"
#include "providers/image/registries.hpp"
#include "providers/image/tagged.hpp"
#include "registry/local_image.hpp"

namespace deployctl::providers::image {
namespace {

// Which parts of it are there already.
struct Known {
  std::optional<registry::Digest> digest; // of the image of these sources
  std::vector<std::string> missing;       // tags that do not mean it
};

// An image that is in no repository: the store of the tool that made it has it.
Value outputs_here(const registry::Digest& image, const BuildInputs& inputs) {
  return Value::Map{{"ref", image.text()}, {"digest", image.text()}, {"tag", inputs.local_name()}};
}

class Build final : public Artifact {
public:
  explicit Build(std::string scratch) : scratch_(std::move(scratch)) {}

  std::string identity(const Ask& ask) const override {
    const auto inputs = table_.decode(*ask.inputs);
    return inputs ? inputs->repository + ":" + inputs->source_tag() : "";
  }

  Result<std::optional<Value>> find(ReadSession& session, const Ask& ask) const override {
    DEPLOYCTL_TRY(const BuildInputs inputs, table_.decode(*ask.inputs));
    if (inputs.repository.empty()) return find_here(session, inputs);
    SessionClient client(session.connection, session.ports);
    DEPLOYCTL_TRY(const registry::Reference to, place_of(inputs));
    DEPLOYCTL_TRY(const Known known, look(client, inputs, to, session.stop));
    if (!known.digest || !known.missing.empty()) return std::optional<Value>();
    return std::optional(outputs_of(to, known.digest->text()));
  }

  Result<Value> make(WriteSession& session, const Ask& ask, const Intent&) const override {
    DEPLOYCTL_TRY(const BuildInputs inputs, table_.decode(*ask.inputs));
    if (inputs.repository.empty()) return make_here(session, inputs);
    SessionClient client(session.connection, session.ports);
    DEPLOYCTL_TRY(registry::Reference to, place_of(inputs));
    DEPLOYCTL_TRY(Known known, look(client, inputs, to, session.stop));
    if (!known.digest) {
      DEPLOYCTL_TRY(known.digest, built(session, client, inputs, to));
    }
    const registry::Reference image{.repository = to.repository, .digest = *known.digest};
    for (const std::string& tag : known.missing)
      DEPLOYCTL_CHECK(registry::tag_image(*client, image, tag, {}, session.stop));
    return outputs_of(to, known.digest->text());
  }

  Confirmation confirm(ReadSession& session, const Intent& intent) const override {
    if (!intent.ask.inputs) return {.state = Confirmation::State::unknown, .detail = "it had no inputs"};
    const auto found = find(session, intent.ask);
    if (!found) return {.state = Confirmation::State::unknown, .detail = found.error().message};
    if (!*found) return {.state = Confirmation::State::not_done};
    return {.state = Confirmation::State::done, .outputs = **found};
  }

private:
  static Result<std::optional<Value>> find_here(ReadSession& session, const BuildInputs& inputs) {
    const std::string tag = inputs.source_tag();
    if (tag.empty()) return std::optional<Value>();
    BuildRuns runs(session.ports, nullptr, session.stop);
    DEPLOYCTL_TRY(const BuildTool tool, runs.choose(inputs.builder));
    DEPLOYCTL_TRY(const auto found, runs.find(tool, tag));
    return found ? std::optional(outputs_here(*found, inputs)) : std::nullopt;
  }

  Result<Value> make_here(WriteSession& session, const BuildInputs& inputs) const {
    BuildRuns runs(session.ports, &session.output, session.stop);
    DEPLOYCTL_TRY(const BuildTool tool, runs.choose(inputs.builder));
    DEPLOYCTL_TRY(const auto folder, os::TemporaryDirectory::create(scratch_, "deployctl-build-"));
    const std::string id_file = folder.path() + "/id";
    DEPLOYCTL_TRY(const BuildCommand command,
                  kept_build(tool, inputs.wishes(), inputs.local_name(), id_file));
    session.output.line(Stream::out, fmt::format("building with {}", name_of(tool)));
    DEPLOYCTL_CHECK(runs.build({command}));
    DEPLOYCTL_TRY(const std::string id, os::read_file(id_file, 1024));
    DEPLOYCTL_TRY(const registry::Digest image, registry::Digest::parse(trim(id)));
    session.output.line(Stream::out, fmt::format("{}: {} in the store of {}", inputs.local_name(),
                                                 image.text(), name_of(tool)));
    return outputs_here(image, inputs);
  }

  // The tag of the sources; of sources that nobody can name one that is put each time.
  static Result<registry::Reference> place_of(const BuildInputs& inputs) {
    registry::Reference to;
    DEPLOYCTL_TRY(to.repository, registry::parse_repository(inputs.repository));
    to.tag = inputs.source_tag();
    if (to.tag.empty()) to.tag = inputs.tags.empty() ? "latest" : inputs.tags.front();
    return to;
  }

  static Result<Known> look(SessionClient& client, const BuildInputs& inputs, const registry::Reference& to,
                            const std::stop_token& stop) {
    Known known{.digest = {}, .missing = inputs.tags};
    if (inputs.source_tag().empty()) return known;
    const registry::Access access = registry::pull_from(to.repository);
    DEPLOYCTL_TRY(const auto image, client->look(access, to.tag, stop));
    if (!image) return known;
    known.digest = image->digest;
    known.missing.clear();
    for (const std::string& tag : inputs.tags) {
      DEPLOYCTL_TRY(const auto now, client->look(access, tag, stop));
      if (!now || now->digest != image->digest) known.missing.push_back(tag);
    }
    return known;
  }

  Result<registry::Digest> built(WriteSession& session, SessionClient& client, const BuildInputs& inputs,
                                 const registry::Reference& to) const {
    BuildRuns runs(session.ports, &session.output, session.stop);
    DEPLOYCTL_TRY(const BuildTool tool, runs.choose(inputs.builder));
    DEPLOYCTL_TRY(const auto folder, os::TemporaryDirectory::create(scratch_, "deployctl-build-"));
    const std::string archive = folder.path() + "/image.tar";
    // Two builds at once do not take each other's name.
    const std::string name = "localhost/deployctl-build:" + to_lower(last_part(folder.path()));
    DEPLOYCTL_TRY(const auto commands, build_commands(tool, inputs.wishes(), name, archive));
    session.output.line(Stream::out, fmt::format("building with {}", name_of(tool)));
    DEPLOYCTL_CHECK(runs.build(commands));
    DEPLOYCTL_TRY(const auto files, registry::open_image_tar(archive));
    DEPLOYCTL_TRY(const auto local, registry::LocalImage::open(files, ""));
    DEPLOYCTL_TRY(const registry::Copied copied, local.push(*client, to, {}, scratch_, session.stop));
    session.output.line(Stream::out, sent_line(to, copied));
    return copied.digest;
  }

  Table<BuildInputs> table_ = build_table();
  std::string scratch_; // where the archive lies meanwhile
};

std::vector<Operation> all_operations() {
  std::vector<Operation> all = operations();
  for (Operation& one : build_operations()) all.push_back(std::move(one));
  return all;
}

} // namespace

Provider make_build(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {.name = "image.build",
                          .summary =
                              "Builds an image from a Dockerfile, unless there is one of the same sources.",
                          .kind = Kind::artifact,
                          .fields = build_table().fields(),
                          .outputs = tag_outputs(),
                          .operations = all_operations(),
                          .default_timeout = Milliseconds(7'200'000),
                          .permissions = {"registry: pull,push `repository`",
                                          "here: build images with docker, buildah or podman"},
                          .crash_class = [](const Value&) { return CrashClass::declarative; },
                          .check = check_build};
  provider.verbs = std::make_shared<const Build>(scratch_folder(surroundings));
  provider.connect = connector(surroundings);
  return provider;
}

} // namespace deployctl::providers::image
