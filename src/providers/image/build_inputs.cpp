#include "providers/image/build_inputs.hpp"

#include <chrono>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/time.hpp"
#include "providers/image/field_shapes.hpp"
#include "providers/image/registries.hpp"

namespace deployctl::providers::image {
namespace {

constexpr std::size_t name_length = 32; // of the hash: 128 bits

void add_places(Table<BuildInputs>& table) {
  table
      .add(&BuildInputs::repository, {.name = "repository",
                                      .help = "Where the image is kept, under a tag made of its sources; "
                                              "without it in the store of the tool that builds.",
                                      .example = "registry.example.com/team/app",
                                      .identity = true})
      .add(&BuildInputs::tags,
           text_list("tags", "Tags that it gets as well; another tag builds nothing anew.", "[1.4.2, latest]",
                     {"One of the tags.", "1.4.2", "[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"}))
      .add(&BuildInputs::builder,
           {.name = "builder",
            .type = FieldType::choice,
            .help = "The tool that builds; 'auto' takes the first of the others that works here.",
            .example = "buildah",
            .fallback = "auto",
            .managed = false,
            .choices = {"auto", "buildx", "docker", "buildah", "podman"}})
      .add(&BuildInputs::source,
           {.name = "source",
            .help = "A name for the state of the sources; without it the hash of what the step's 'sources' "
                    "lists in the repository.",
            .example = "release-7"});
}

Field secrets_field() {
  return {.name = "secrets",
          .type = FieldType::map,
          .help = "What a RUN of the Dockerfile mounts as `type=secret`, by id; docker needs buildx for it. "
                  "Another value builds nothing anew.",
          .example = "{ npm: \"${secrets.token}\" }",
          .managed = false,
          .secret = SecretUse::value,
          .pattern = "[A-Za-z0-9_][A-Za-z0-9_.-]*",
          .element = {{.name = "secrets",
                       .help = "The value of one.",
                       .example = "${secrets.token}",
                       .secret = SecretUse::value}}};
}

void add_recipe(Table<BuildInputs>& table) {
  table
      .add(&BuildInputs::context, {.name = "context",
                                   .help = "The folder that the build sees, below the pipeline's.",
                                   .example = "services/api",
                                   .fallback = ".",
                                   .pattern = "[^-/].*"})
      .add(&BuildInputs::dockerfile,
           {.name = "dockerfile",
            .help = "The Dockerfile, below the pipeline's folder; without it the one in 'context'.",
            .example = "docker/api.Dockerfile",
            .pattern = "[^-/].*"})
      .add(&BuildInputs::target, {.name = "target",
                                  .help = "The stage to build; without it the last one.",
                                  .example = "gpu",
                                  .pattern = "[^-].*"})
      .add(&BuildInputs::platforms,
           text_list("platforms", "The platforms to build for; more than one needs buildx.",
                     "[linux/amd64, linux/arm64]",
                     {"One platform.", "linux/arm64", "[a-z0-9]+/[a-z0-9]+(/[a-z0-9.]+)?"}))
      .add(&BuildInputs::args,
           text_map("args", "Arguments of the build: no secrets, since an image keeps them.",
                    "{ VARIANT: gpu }", {"The value of one.", "gpu", "[A-Za-z_][A-Za-z0-9_]*"}))
      .add(&BuildInputs::labels,
           text_map("labels", "Labels of the image.", "{ org.opencontainers.image.title: app }",
                    {"The value of one.", "app", "[^\\s=-][^\\s=]*"}))
      .add(&BuildInputs::secrets, secrets_field())
      .add(&BuildInputs::created, {.name = "created",
                                   .help = "The time that the image and its files get, where the tool can: "
                                           "the same sources make the same image.",
                                   .example = "2026-03-14T09:00:00Z",
                                   .fallback = "1970-01-01T00:00:00Z"});
}

Value list_of(const std::vector<std::string>& texts) {
  return Value::List(texts.begin(), texts.end());
}

Value map_of(const std::map<std::string, std::string>& texts) {
  return Value::Map(texts.begin(), texts.end());
}

} // namespace

std::string BuildInputs::source_tag() const {
  if (source.empty()) return {};
  Value all = Value::Map{{"source", source},
                         {"context", context},
                         {"dockerfile", dockerfile},
                         {"target", target},
                         {"args", map_of(args)},
                         {"labels", map_of(labels)},
                         {"platforms", list_of(platforms)},
                         {"created", created}};
  // Which there are, not what they are: a tag is no place for a secret, not even for its hash.
  Value::List ids;
  for (const auto& [id, value] : secrets) ids.emplace_back(id);
  if (!ids.empty()) all["secrets"] = std::move(ids);
  return "src-" + sha256_hex(to_json(all, JsonMode::plain)).substr(0, name_length);
}

std::string BuildInputs::local_name() const {
  const std::string tag = source_tag();
  return "localhost/deployctl:" + (tag.empty() ? "unnamed" : tag);
}

BuildWishes BuildInputs::wishes() const {
  BuildWishes wishes{.context = context,
                     .dockerfile = dockerfile,
                     .target = target,
                     .platforms = platforms,
                     .arguments = args,
                     .labels = labels,
                     .secrets = secrets};
  if (const std::string tag = source_tag(); !tag.empty()) wishes.labels.emplace(source_label, tag);
  if (const auto time = parse_time(created))
    wishes.epoch = std::chrono::duration_cast<std::chrono::seconds>(time->time_since_epoch()).count();
  return wishes;
}

Table<BuildInputs> build_table() {
  Table<BuildInputs> table;
  add_places(table);
  add_recipe(table);
  return table;
}

std::vector<InputProblem> check_build(const Value& inputs) {
  std::vector<InputProblem> problems;
  const Value* repository = inputs.find("repository");
  if (repository && repository->text())
    if (const auto read = registry::parse_repository(*repository->text()); !read)
      problems.push_back({.path = "repository", .message = read.error().message, .help = read.error().help});
  if (!repository && !list_at(inputs, "tags").empty())
    problems.push_back({.path = "repository",
                        .message = "tags are put on an image in a repository, and none is written",
                        .help = "write 'repository', or take out 'tags'"});
  const std::string created = text_at(inputs, "created");
  if (!created.empty() && !parse_time(created))
    problems.push_back({.path = "created",
                        .message = fmt::format("'{}' is no time", created),
                        .help = "write it like 2026-03-14T09:00:00Z"});
  return problems;
}

} // namespace deployctl::providers::image
