#include "providers/image/build.hpp"

#include <optional>

#include <fmt/core.h>

#include "base/members.hpp"
#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "os/tree.hpp"
#include "providers/image/build_inputs.hpp"
#include "providers/image/registries.hpp"
#include "providers/image/tagged.hpp"
#include "registry/local_image.hpp"

namespace deployctl::providers::image {
namespace {

constexpr Milliseconds probe_limit{20'000};
constexpr Milliseconds build_limit{3'600'000};

// Which parts of it are there already.
struct Known {
  std::optional<registry::Digest> digest; // of the image of these sources
  std::vector<std::string> missing;       // tags that do not mean it
};

std::vector<std::string> inherited() {
  return {"PATH",
          "HOME",
          "USER",
          "LANG",
          "TMPDIR",
          "XDG_RUNTIME_DIR",
          "XDG_CONFIG_HOME",
          "DOCKER_HOST",
          "DOCKER_CONFIG",
          "DOCKER_CONTEXT",
          "BUILDX_BUILDER",
          "BUILDAH_ISOLATION",
          "STORAGE_DRIVER",
          "CONTAINERS_STORAGE_CONF",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "NO_PROXY"};
}

Error failure_of(const std::vector<std::string>& argv, const ProcessResult& done) {
  const std::string said = done.err.empty() ? done.out : done.err;
  return {.cause = done.timed_out ? Cause::timeout : Cause::command_failed,
          .message = fmt::format("'{} {}' ended with code {}", argv.front(), argv.at(1), done.exit_code),
          .evidence = last_lines(said, 10)};
}

class Builder {
public:
  explicit Builder(WriteSession& session) : session_(session) {}

  // The first that works, or the one that is asked for.
  Result<BuildTool> choose(const std::string& wanted) {
    for (const BuildTool tool : build_tools()) {
      if (wanted != "auto" && wanted != name_of(tool)) continue;
      const auto done = run({.argv = probe_command(tool)}, "probe", probe_limit);
      if (!done && done.error().cause == Cause::cancelled) return fail(done.error());
      if (done && done->exit_code == 0) return tool;
    }
    return fail(Cause::not_found,
                wanted == "auto" ? "nothing that builds images works on this machine"
                                 : fmt::format("'{}' does not work on this machine", wanted),
                "install docker with buildx, buildah or podman; image.assemble needs none of them");
  }

  Status build(const std::vector<BuildCommand>& commands) {
    Status outcome;
    for (const BuildCommand& command : commands) {
      if (!outcome && !command.last_resort) continue;
      const auto done = run(command, "build", build_limit);
      if (command.last_resort) continue; // it only tidies up
      if (!done)
        outcome = fail(done.error());
      else if (done->exit_code != 0)
        outcome = fail(failure_of(command.argv, *done));
    }
    return outcome;
  }

private:
  Result<ProcessResult> run(const BuildCommand& command, const char* operation, Milliseconds limit) {
    ProcessRequest request{
        .operation = operation, .argv = command.argv, .inherit = inherited(), .timeout = limit};
    for (const auto& [name, value] : command.environment) request.environment.emplace(name, value);
    if (std::string_view(operation) == "build") request.output = &session_.output;
    DEPLOYCTL_TRY(ProcessResult done, session_.ports.processes.run(request, session_.stop));
    if (done.cancelled) return fail(Cause::cancelled, "stopped while the image was built");
    return done;
  }

  WriteSession& session_;
};

class Build final : public Artifact {
public:
  explicit Build(std::string scratch) : scratch_(std::move(scratch)) {}

  std::string identity(const Ask& ask) const override {
    const auto inputs = table_.decode(*ask.inputs);
    return inputs ? inputs->repository + ":" + inputs->source_tag() : "";
  }

  Result<std::optional<Value>> find(ReadSession& session, const Ask& ask) const override {
    SessionClient client(session.connection, session.ports);
    DEPLOYCTL_TRY(const BuildInputs inputs, table_.decode(*ask.inputs));
    DEPLOYCTL_TRY(const registry::Reference to, place_of(inputs));
    DEPLOYCTL_TRY(const Known known, look(client, inputs, to, session.stop));
    if (!known.digest || !known.missing.empty()) return std::optional<Value>();
    return std::optional(outputs_of(to, known.digest->text()));
  }

  Result<Value> make(WriteSession& session, const Ask& ask, const Intent&) const override {
    SessionClient client(session.connection, session.ports);
    DEPLOYCTL_TRY(const BuildInputs inputs, table_.decode(*ask.inputs));
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
    Builder builder(session);
    DEPLOYCTL_TRY(const BuildTool tool, builder.choose(inputs.builder));
    DEPLOYCTL_TRY(const auto folder, os::TemporaryDirectory::create(scratch_, "deployctl-build-"));
    const std::string archive = folder.path() + "/image.tar";
    // Two builds at once do not take each other's name.
    const std::string name = "localhost/deployctl-build:" + to_lower(last_part(folder.path()));
    DEPLOYCTL_TRY(const auto commands, build_commands(tool, inputs.wishes(), name, archive));
    session.output.line(Stream::out, fmt::format("building with {}", name_of(tool)));
    DEPLOYCTL_CHECK(builder.build(commands));
    DEPLOYCTL_TRY(const auto files, registry::open_image_tar(archive));
    DEPLOYCTL_TRY(const auto local, registry::LocalImage::open(files, ""));
    DEPLOYCTL_TRY(const registry::Copied copied, local.push(*client, to, {}, scratch_, session.stop));
    session.output.line(Stream::out, sent_line(to, copied));
    return copied.digest;
  }

  Table<BuildInputs> table_ = build_table();
  std::string scratch_; // where the archive lies meanwhile
};

std::vector<Operation> build_operations() {
  std::vector<Operation> all = operations();
  all.push_back(
      {.name = "probe",
       .effect = Effect::read,
       .protocol = Protocol::process,
       .help = "Asks whether a tool that builds images works here.",
       .path = R"((docker|buildah|podman)(\nbuildx)?\nversion(\n--format\n\{\{\.Server\.Version\}\})?)"});
  all.push_back({.name = "build",
                 .effect = Effect::write,
                 .protocol = Protocol::process,
                 .help = "Builds an image with docker, buildah or podman.",
                 .any_argv = true});
  return all;
}

} // namespace

Provider make_build(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {
      .name = "image.build",
      .summary = "Builds an image from a Dockerfile, unless one of the same sources is in its repository.",
      .kind = Kind::artifact,
      .fields = build_table().fields(),
      .outputs = tag_outputs(),
      .operations = build_operations(),
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
