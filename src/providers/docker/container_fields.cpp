#include "providers/docker/container_fields.hpp"

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "registry/reference.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr std::string_view algorithm = "sha256:";
constexpr std::size_t hash_size = 64;

// "SOURCE:TARGET[:ro]", which the table's pattern has seen.
Value mount_of(const std::string& written) {
  const std::vector<std::string_view> parts = split(written, ':');
  const bool is_directory = parts[0].starts_with('/');
  return Value::Map{{"Type", is_directory ? "bind" : "volume"},
                    {"Source", parts[0]},
                    {"Target", parts[1]},
                    {"ReadOnly", parts.size() > 2 && parts[2] == "ro"}};
}

} // namespace

Field image_field() {
  return {.name = "image",
          .help = "The image, by its digest or by the id that the host's engine knows it by.",
          .example = "registry.example.com/"
                     "api@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
          .required = true};
}

Field archive_field() {
  return {.name = "archive",
          .type = FieldType::file,
          .help = "Where there is no registry: a tar of `docker save` with the image, sent to a host whose "
                  "engine lacks it.",
          .example = "build/api.tar",
          .managed = false};
}

Field volumes_field() {
  return {.name = "volumes",
          .type = FieldType::list,
          .help =
              "What the container sees of the host: a directory that exists there, or a volume by its name; "
              "':ro' to read only.",
          .example = R"(["/srv/app/data:/data", "cache:/cache:ro"])",
          .element = {{.name = "volumes",
                       .help = "SOURCE:TARGET, with ':ro' behind it to read only.",
                       .example = "/srv/app/data:/data",
                       .pattern = "(/[^:]+|[A-Za-z0-9][A-Za-z0-9_.-]*):/[^:]+(:ro|:rw)?"}}};
}

Field network_field() {
  return {.name = "network",
          .help = "The network it is in: 'host', 'none' or one by its name.",
          .example = "backend",
          .pattern = "[A-Za-z0-9][A-Za-z0-9_.-]*"};
}

Field user_field() {
  return {
      .name = "user", .help = "Who it runs as; without it whom the image says.", .example = "\"1000:1000\""};
}

Field memory_field() {
  return {.name = "memory",
          .type = FieldType::size,
          .help = "How much memory it may use; a container that needs more is killed.",
          .example = "512MiB",
          .least = std::int64_t{6} << 20};
}

bool is_image_id(const std::string& image) {
  return image.starts_with(algorithm) && image.size() == algorithm.size() + hash_size &&
         is_lower_hex(std::string_view(image).substr(algorithm.size()));
}

std::string plain_image(const std::string& image) {
  const auto reference = registry::parse_reference(image);
  if (is_image_id(image) || !reference || reference->digest.empty()) return image;
  return reference->repository.text() + "@" + reference->digest.text();
}

void check_container(std::vector<InputProblem>& problems, const Value& inputs) {
  if (const std::string directory = text_at(inputs, "directory");
      !directory.empty() && !directory.starts_with('/'))
    problems.push_back({.path = "directory",
                        .message = "a directory in a container is an absolute path",
                        .help = "for example /app"});
  const std::string image = text_at(inputs, "image");
  if (image.empty() || is_image_id(image)) return;
  if (const Value* archive = inputs.find("archive"); archive && !archive->is_null())
    problems.push_back(
        {.path = "archive",
         .message = fmt::format("an archive brings an image by its id, and '{}' is none", image),
         .help = "leave it out, or write the id, sha256:..., that 'docker image inspect' tells"});
  const auto reference = registry::parse_reference(image);
  if (!reference)
    problems.push_back(
        {.path = "image", .message = reference.error().message, .help = reference.error().help});
  else if (reference->digest.empty())
    problems.push_back({.path = "image",
                        .message = fmt::format("'{}' may mean another image tomorrow", image),
                        .help = "write it with its digest, name@sha256:...; a step's output 'ref' has one"});
}

Result<Value> environment_list(const std::map<std::string, Text>& environment) {
  Value::List variables;
  for (const auto& [name, text] : environment) {
    DEPLOYCTL_TRY(const Text line, join_text({name + "=", text}));
    variables.push_back(line.secret() ? Value(*line.secret()) : Value(*line.plain()));
  }
  return Value(std::move(variables));
}

Value label_map(const std::map<std::string, std::string>& labels) {
  Value::Map written;
  for (const auto& [name, text] : labels) written.emplace(name, text);
  return written;
}

Value mount_list(const std::vector<std::string>& volumes) {
  Value::List mounts;
  for (const std::string& volume : volumes) mounts.push_back(mount_of(volume));
  return mounts;
}

Value log_settings() {
  return Value::Map{{"Type", "json-file"}, {"Config", Value::Map{{"max-size", "10m"}, {"max-file", "3"}}}};
}

void add_memory(Value& host_settings, std::uint64_t bytes) {
  host_settings["Memory"] = static_cast<std::int64_t>(bytes);
  host_settings["MemorySwap"] = static_cast<std::int64_t>(bytes); // no swap beside it
}

} // namespace deployctl::providers::docker
