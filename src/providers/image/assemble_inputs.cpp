#include "providers/image/assemble_inputs.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/members.hpp"
#include "base/strings.hpp"
#include "base/time.hpp"
#include "providers/image/field_shapes.hpp"

namespace deployctl::providers::image {
namespace {

constexpr const char* base_digest_label = "org.opencontainers.image.base.digest";

void add_sources(Table<AssembleInputs>& table) {
  table
      .add(&AssembleInputs::base, {.name = "base",
                                   .help = "The image that it is made from, or 'scratch' for none.",
                                   .example = "gcr.io/distroless/cc-debian12:nonroot",
                                   .required = true})
      .add(&AssembleInputs::platform,
           {.name = "platform",
            .help = "The platform of the image, and which one of a base for several.",
            .example = "linux/arm64",
            .fallback = "linux/amd64",
            .pattern = "[a-z0-9]+/[a-z0-9]+(/[a-z0-9.]+)?"})
      .add(&AssembleInputs::files, {.name = "files",
                                    .type = FieldType::tree,
                                    .help = "A folder whose files become the last layer, as of root.",
                                    .example = "build/image",
                                    .required = true})
      .add(&AssembleInputs::at, {.name = "at",
                                 .type = FieldType::path,
                                 .help = "The folder of the image in which they lie.",
                                 .example = "/app",
                                 .fallback = "/"})
      .add(&AssembleInputs::created, {.name = "created",
                                      .help = "When it says that it was built: the same files and the same "
                                              "time make the same image.",
                                      .example = "2026-03-14T09:00:00Z",
                                      .fallback = "1970-01-01T00:00:00Z"});
}

void add_configuration(Table<AssembleInputs>& table) {
  table
      .add(&AssembleInputs::entrypoint,
           {.name = "entrypoint",
            .type = FieldType::argv,
            .help = "The command that a container runs; the base's own command goes with its entry point.",
            .example = "[/app/server]"})
      .add(&AssembleInputs::command, {.name = "command",
                                      .type = FieldType::argv,
                                      .help = "The words behind the entry point, unless others are given.",
                                      .example = "[--port, \"8000\"]"})
      .add(&AssembleInputs::env, text_map("env", "Variables besides those of the base.", "{ LANG: C.UTF-8 }",
                                          {"The value of one.", "C.UTF-8", "[A-Za-z_][A-Za-z0-9_]*"}))
      .add(&AssembleInputs::labels, text_map("labels", "Labels besides those of the base.",
                                             "{ org.opencontainers.image.version: 1.4.2 }",
                                             {"The value of one.", "1.4.2", "[^\\s=]+"}))
      .add(&AssembleInputs::ports,
           text_list("ports", "The ports that a container listens on.", "[8000, 53/udp]",
                     {"A port and its protocol.", "53/udp", "[0-9]{1,5}(/(tcp|udp|sctp))?"}))
      .add(&AssembleInputs::user,
           {.name = "user", .help = "The user that a container runs as.", .example = "65532:65532"})
      .add(&AssembleInputs::directory, {.name = "directory",
                                        .type = FieldType::path,
                                        .help = "The folder in which a container begins.",
                                        .example = "/app"});
}

// "/", "/app", "/usr/local/bin".
bool is_plain_folder(const std::string& path) {
  if (path == "/") return true;
  const std::vector<std::string_view> parts = split(path, '/');
  return parts.size() > 1 && parts.front().empty() &&
         std::all_of(parts.begin() + 1, parts.end(),
                     [](std::string_view part) { return !part.empty() && part != "." && part != ".."; });
}

Status add_base(SessionClient& client, const AssembleInputs& inputs, Ingredients& all,
                const std::stop_token& stop) {
  if (inputs.base == no_base) {
    const std::vector<std::string_view> parts = split(inputs.platform, '/');
    all.wishes.platform = {.os = std::string(parts[0]), .architecture = std::string(parts[1])};
    if (parts.size() > 2) all.wishes.platform.variant = std::string(parts[2]);
    return {};
  }
  DEPLOYCTL_TRY(const registry::Reference from, registry::parse_reference(inputs.base));
  DEPLOYCTL_TRY(all.base, registry::find_base(*client, from, inputs.platform, stop));
  all.wishes.labels.emplace(base_name_label, base_name(from));
  all.wishes.labels.emplace(base_digest_label, all.base.manifest.digest.text());
  return {};
}

Result<std::vector<registry::LayerFile>> files_of(const AssembleInputs& inputs, const LocateFile& locate) {
  const std::string folder = text_at(inputs.files, "path");
  const std::string at = inputs.at == "/" ? "" : inputs.at.substr(1) + "/";
  const Value* entries = inputs.files.find("entries");
  if (!entries || !entries->map())
    return fail(Cause::internal, "image.assemble was given a folder without a list");
  std::vector<registry::LayerFile> files;
  for (const auto& [name, entry] : *entries->map()) {
    registry::LayerFile file{.name = at + name, .link = text_at(entry, "link")};
    if (file.link.empty()) {
      // What the owner may execute everybody may: the rest of a mode is the umask's.
      file.executable = (number_at(entry, "mode").value_or(0) & 0100) != 0;
      file.size = static_cast<std::uint64_t>(number_at(entry, "size").value_or(0));
      DEPLOYCTL_TRY(file.path, locate(fmt::format("{}/{}", folder, name), text_at(entry, "sha256")));
    }
    files.push_back(std::move(file));
  }
  return files;
}

} // namespace

bool AssembleInputs::is_known() const {
  const Value* digest = files.find("sha256");
  return !base.empty() && digest && digest->text();
}

Table<AssembleInputs> assemble_table() {
  Table<AssembleInputs> table;
  add_sources(table);
  add_configuration(table);
  table.add(&AssembleInputs::to, target_field()).add(&AssembleInputs::move, move_field());
  return table;
}

std::vector<InputProblem> check_assemble(const Value& inputs) {
  std::vector<InputProblem> problems;
  check_target(problems, inputs);
  if (text_at(inputs, "base") != no_base) check_reference(problems, inputs, "base");
  if (const std::string at = text_at(inputs, "at"); !at.empty() && !is_plain_folder(at))
    problems.push_back({.path = "at",
                        .message = fmt::format("'{}' is no folder of an image", at),
                        .help = "write it from the root, without '..' and without a last '/'"});
  const Value* created = inputs.find("created");
  if (created && created->text() && !parse_time(*created->text()))
    problems.push_back({.path = "created",
                        .message = fmt::format("'{}' is no time", *created->text()),
                        .help = "write it like 2026-03-14T09:00:00Z"});
  return problems;
}

std::string base_name(const registry::Reference& base) {
  return base.repository.text() + (base.tag.empty() ? "" : ":" + base.tag);
}

Result<Ingredients> gather(SessionClient& client, const AssembleInputs& inputs, const LocateFile& locate,
                           const std::stop_token& stop) {
  Ingredients all{.base = {},
                  .wishes = {.platform = {},
                             .created = inputs.created,
                             .note = "image.assemble",
                             .entrypoint = inputs.entrypoint,
                             .command = inputs.command,
                             .env = inputs.env,
                             .labels = inputs.labels,
                             .ports = inputs.ports,
                             .user = inputs.user,
                             .directory = inputs.directory},
                  .files = {}};
  DEPLOYCTL_CHECK(add_base(client, inputs, all, stop));
  DEPLOYCTL_TRY(all.files, files_of(inputs, locate));
  return all;
}

} // namespace deployctl::providers::image
