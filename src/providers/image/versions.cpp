#include "providers/image/versions.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <deployctl/input.hpp>

#include "base/pattern.hpp"
#include "providers/image/registries.hpp"
#include "registry/parallel.hpp"
#include "registry/versions.hpp"

namespace deployctl::providers::image {
namespace {

constexpr std::size_t asked_at_once = 8;

struct VersionsInputs {
  std::string repository;
  std::string pattern;
  bool prereleases = false;
  std::int64_t most = 10;
  bool whole = false;
};

Table<VersionsInputs> table() {
  Table<VersionsInputs> result;
  result
      .add(&VersionsInputs::repository, {.name = "repository",
                                         .help = "The repository whose tags are looked at.",
                                         .example = "registry.example.com/team/app",
                                         .required = true})
      .add(&VersionsInputs::pattern, {.name = "pattern",
                                      .help = "A regular expression that the whole tag must match.",
                                      .example = "v1\\..*"})
      .add(&VersionsInputs::prereleases, {.name = "prereleases",
                                          .type = FieldType::boolean,
                                          .help = "Whether versions such as 1.4.0-rc.1 count.",
                                          .example = "true",
                                          .fallback = false})
      .add(&VersionsInputs::most, {.name = "most",
                                   .type = FieldType::integer,
                                   .help = "How many versions are looked at, the newest first.",
                                   .example = "3",
                                   .fallback = 10,
                                   .least = 1,
                                   .most = 100})
      .add(&VersionsInputs::whole, {.name = "whole",
                                    .type = FieldType::boolean,
                                    .help = "Whether only images count of which every layer is there still.",
                                    .example = "true",
                                    .fallback = false});
  return result;
}

struct Version {
  std::string tag;
  registry::Digest digest; // empty: it is gone, or not whole
  std::string created;
};

// An image and, of an index, each of its images.
class Examination {
public:
  Examination(registry::Client& client, const registry::Access& access, const VersionsInputs& inputs)
      : client_(client), access_(access), inputs_(inputs) {}

  Status look(Version& version, const std::stop_token& stop) const {
    DEPLOYCTL_TRY(const auto root, client_.find_manifest(access_, version.tag, stop));
    if (!root) return {};
    DEPLOYCTL_TRY(const bool there, is_there(*root, version, stop));
    if (there) version.digest = root->digest;
    return {};
  }

private:
  Result<bool> is_there(const registry::Manifest& root, Version& version, const std::stop_token& stop) const {
    if (!root.is_index()) return image_is_there(root, version, stop);
    for (const registry::Descriptor& child : root.manifests) {
      if (child.is_attestation()) continue;
      DEPLOYCTL_TRY(const auto image, client_.find_manifest(access_, child.digest.text(), stop));
      if (!image) return false;
      DEPLOYCTL_TRY(const bool there, image_is_there(*image, version, stop));
      if (!there) return false;
    }
    return true;
  }

  Result<bool> image_is_there(const registry::Manifest& image, Version& version,
                              const std::stop_token& stop) const {
    const auto bytes = client_.small_blob(access_, image.config, stop);
    if (!bytes && bytes.error().cause == Cause::image_missing) return false;
    if (!bytes) return fail(bytes.error());
    if (const auto config = registry::parse_image_config(*bytes)) version.created = config->created;
    if (!inputs_.whole) return true;
    for (const registry::Descriptor& blob : image.blobs()) {
      DEPLOYCTL_TRY(const bool there, client_.has_blob(access_, blob.digest, stop));
      if (!there) return false;
    }
    return true;
  }

  registry::Client& client_;
  const registry::Access& access_;
  const VersionsInputs& inputs_;
};

Result<std::vector<Version>> chosen(const VersionsInputs& inputs, std::vector<std::string> tags) {
  if (!inputs.pattern.empty()) {
    DEPLOYCTL_TRY(const Pattern pattern, Pattern::compile(inputs.pattern));
    std::erase_if(tags, [&](const std::string& tag) { return !pattern.matches(tag); });
  }
  std::vector<Version> versions;
  for (const registry::VersionTag& one : registry::version_tags(tags, inputs.prereleases)) {
    if (std::ssize(versions) == inputs.most) break;
    versions.push_back({.tag = one.tag});
  }
  return versions;
}

class Versions final : public Data {
public:
  Result<Value> read(ReadSession& session, const Ask& ask) const override {
    DEPLOYCTL_TRY(const VersionsInputs inputs, table_.decode(*ask.inputs));
    DEPLOYCTL_TRY(const registry::Repository repository, registry::parse_repository(inputs.repository));
    SessionClient client(session.connection, session.ports);
    const registry::Access access = registry::pull_from(repository);
    DEPLOYCTL_TRY(std::vector<std::string> tags, client->tags(access, session.stop));
    DEPLOYCTL_TRY(std::vector<Version> versions, chosen(inputs, std::move(tags)));
    const Examination examination(*client, access, inputs);
    const auto job = [&](std::size_t index, const std::stop_token& stop) {
      return examination.look(versions[index], stop);
    };
    DEPLOYCTL_CHECK(registry::for_all(versions.size(), asked_at_once, job, session.stop));
    std::erase_if(versions, [](const Version& version) { return version.digest.empty(); });
    if (versions.empty())
      return fail(Cause::image_missing, fmt::format("'{}' has no version", repository.text()),
                  "versions are tags such as 1.4.2 or v1.4.2");
    return outputs_of(repository, versions);
  }

private:
  static Value outputs_of(const registry::Repository& repository, const std::vector<Version>& versions) {
    Value::List images;
    for (const Version& one : versions)
      images.emplace_back(Value::Map{{"tag", one.tag},
                                     {"digest", one.digest.text()},
                                     {"ref", repository.text() + "@" + one.digest.text()},
                                     {"created", one.created}});
    // The newest of those that are another image than the newest: what one goes back to.
    const auto other = std::ranges::find_if(
        versions, [&](const Version& one) { return one.digest != versions.front().digest; });
    const bool has_other = other != versions.end();
    return Value::Map{{"newest", versions.front().tag},
                      {"ref", repository.text() + "@" + versions.front().digest.text()},
                      {"previous", has_other ? other->tag : ""},
                      {"previous_ref", has_other ? repository.text() + "@" + other->digest.text() : ""},
                      {"images", std::move(images)}};
  }

  Table<VersionsInputs> table_ = table();
};

std::vector<InputProblem> check_versions(const Value& inputs) {
  std::vector<InputProblem> problems;
  const Value* repository = inputs.find("repository");
  if (repository && repository->text())
    if (const auto read = registry::parse_repository(*repository->text()); !read)
      problems.push_back({.path = "repository", .message = read.error().message, .help = read.error().help});
  const Value* pattern = inputs.find("pattern");
  if (pattern && pattern->text())
    if (const auto compiled = Pattern::compile(*pattern->text()); !compiled)
      problems.push_back(
          {.path = "pattern", .message = compiled.error().message, .help = compiled.error().help});
  return problems;
}

} // namespace

Provider make_versions(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {
      .name = "image.versions",
      .summary = "Lists the versions of an image that a repository has, the newest first.",
      .kind = Kind::data,
      .fields = table().fields(),
      .outputs = {{.name = "newest", .help = "The tag of the newest version."},
                  {.name = "ref", .help = "The image of the newest version by its digest."},
                  {.name = "previous", .help = "The newest tag of another image than that; may be empty."},
                  {.name = "previous_ref", .help = "That image by its digest; may be empty."},
                  {.name = "images",
                   .type = FieldType::list,
                   .help = "All that were looked at: tag, digest, ref and the time when it was built."}},
      .operations = operations(),
      .permissions = {"registry: pull `repository`"},
      .crash_class = [](const Value&) { return CrashClass::observe; },
      .check = check_versions};
  provider.verbs = std::make_shared<const Versions>();
  provider.connect = connector(surroundings);
  return provider;
}

} // namespace deployctl::providers::image
