#include "providers/image/check.hpp"

#include <algorithm>

#include <fmt/core.h>

#include <deployctl/input.hpp>

#include "base/members.hpp"
#include "base/time.hpp"
#include "providers/image/field_shapes.hpp"
#include "providers/image/last_sample.hpp"
#include "providers/image/registries.hpp"

namespace deployctl::providers::image {
namespace {

struct CheckInputs {
  std::string image;
  std::vector<std::string> platforms;
  std::optional<Bytes> max_size;
  std::optional<Milliseconds> max_age;
  bool root = true;
  bool layers = false;
};

Table<CheckInputs> table() {
  Table<CheckInputs> result;
  result.add(&CheckInputs::image, image_field())
      .add(&CheckInputs::platforms, {.name = "platforms",
                                     .type = FieldType::list,
                                     .help = "The platforms that it must have.",
                                     .example = "[linux/amd64, linux/arm64]",
                                     .element = {{.name = "platforms",
                                                  .help = "One platform.",
                                                  .example = "linux/amd64",
                                                  .pattern = "[a-z0-9]+/[a-z0-9]+(/[a-z0-9.]+)?"}}})
      .add(&CheckInputs::max_size,
           {.name = "max_size",
            .type = FieldType::size,
            .help = "The most that the layers of one platform may have, as they are stored.",
            .example = "500MiB"})
      .add(&CheckInputs::max_age, {.name = "max_age",
                                   .type = FieldType::duration,
                                   .help = "The longest time since it was built.",
                                   .example = "30d",
                                   .least = 1})
      .add(&CheckInputs::root, {.name = "root",
                                .type = FieldType::boolean,
                                .help = "Whether it may run as the user root.",
                                .example = "false",
                                .fallback = true})
      .add(&CheckInputs::layers, {.name = "layers",
                                  .type = FieldType::boolean,
                                  .help = "Whether each layer is looked for, too.",
                                  .example = "true",
                                  .fallback = false});
  return result;
}

// "linux/arm64" asks for any variant.
bool fits(const registry::Platform& platform, const std::string& wanted) {
  const std::string text = platform.text();
  return text == wanted || text.starts_with(wanted + "/");
}

// Looks at one image, or at each of an index, and notes what is not as wanted.
class Examination {
public:
  Examination(registry::Client& client, registry::Access access, const CheckInputs& inputs, WallTime now,
              std::stop_token stop)
      : client_(client), access_(std::move(access)), inputs_(inputs), now_(now), stop_(std::move(stop)) {}

  Status run(const std::string& reference) {
    DEPLOYCTL_TRY(const auto root, client_.find_manifest(access_, reference, stop_));
    if (!root) {
      problems_.emplace_back(fmt::format("'{}' has no '{}'", access_.repository.text(), reference));
      return {};
    }
    digest_ = root->digest.text();
    if (!root->is_index()) DEPLOYCTL_CHECK(image(*root));
    for (const registry::Descriptor& child : root->manifests) {
      const bool wanted = std::ranges::any_of(
          inputs_.platforms, [&](const auto& platform) { return fits(child.platform, platform); });
      if (child.is_attestation() || (!inputs_.platforms.empty() && !wanted)) continue;
      DEPLOYCTL_TRY(const auto manifest, client_.manifest(access_, child.digest.text(), stop_));
      DEPLOYCTL_CHECK(image(manifest));
    }
    for (const std::string& wanted : inputs_.platforms)
      if (std::ranges::none_of(platforms_, [&](const auto& platform) { return fits(platform, wanted); }))
        problems_.emplace_back("there is no image for " + wanted);
    return {};
  }

  [[nodiscard]] Value result() const {
    Value::List platforms;
    for (const registry::Platform& platform : platforms_) platforms.emplace_back(platform.text());
    return Value::Map{{"digest", digest_}, {"platforms", std::move(platforms)}, {"problems", problems_}};
  }

private:
  Status image(const registry::Manifest& manifest) {
    DEPLOYCTL_TRY(const std::string bytes, client_.small_blob(access_, manifest.config, stop_));
    DEPLOYCTL_TRY(const registry::ImageConfig config, registry::parse_image_config(bytes));
    platforms_.push_back(config.platform);
    const std::string which = config.platform.text();
    std::uint64_t size = 0;
    for (const registry::Descriptor& layer : manifest.layers) size += layer.size;
    if (inputs_.max_size && size > inputs_.max_size->count)
      problems_.emplace_back(fmt::format("the layers for {} have {} bytes, wanted at most {}", which, size,
                                         inputs_.max_size->count));
    if (!inputs_.root && config.runs_as_root())
      problems_.emplace_back(fmt::format("the image for {} runs as root", which));
    if (inputs_.max_age) age(config, which);
    return inputs_.layers ? layers(manifest) : Status();
  }

  void age(const registry::ImageConfig& config, const std::string& which) {
    const auto created = parse_time(config.created);
    if (!created)
      problems_.emplace_back(fmt::format("the image for {} does not say when it was built", which));
    else if (now_ - *created > *inputs_.max_age)
      problems_.emplace_back(fmt::format("the image for {} was built at {}, longer ago than {}", which,
                                         format_time(*created), format_age(*inputs_.max_age)));
  }

  Status layers(const registry::Manifest& manifest) {
    for (const registry::Descriptor& blob : manifest.blobs()) {
      DEPLOYCTL_TRY(const bool there, client_.has_blob(access_, blob.digest, stop_));
      if (!there) problems_.emplace_back("the registry has lost " + blob.digest.text());
    }
    return {};
  }

  registry::Client& client_;
  registry::Access access_;
  const CheckInputs& inputs_;
  WallTime now_;
  std::stop_token stop_;
  std::string digest_;
  std::vector<registry::Platform> platforms_;
  Value::List problems_;
};

class Check final : public Gate {
public:
  Sample sample(ReadSession& session, const Ask& ask) const override {
    return taken_by(session, [&]() -> Result<Value> {
      DEPLOYCTL_TRY(const CheckInputs inputs, table_.decode(*ask.inputs));
      DEPLOYCTL_TRY(const registry::Reference image, registry::parse_reference(inputs.image));
      SessionClient client(session.connection, session.ports);
      Examination examination(*client, registry::pull_from(image.repository), inputs,
                              session.ports.clock.wall(), session.stop);
      DEPLOYCTL_CHECK(examination.run(image.wanted()));
      return examination.result();
    });
  }

  Verdict judge(const Ask&, std::span<const Sample> samples) const override {
    if (auto open = without_data(samples)) return *std::move(open);
    const Sample& last = samples.back();
    const std::vector<std::string> problems = texts_at(last.data, "problems");
    if (!problems.empty())
      return {.state = Verdict::State::fail, .detail = problems.front(), .evidence = problems};
    return {.state = Verdict::State::pass, .detail = text_at(last.data, "digest") + " is as wanted"};
  }

  ReadyRule rule(const Ask&) const override {
    return {.within = Milliseconds(60'000), .interval = Milliseconds(5'000), .consecutive = 1};
  }

private:
  Table<CheckInputs> table_ = table();
};

} // namespace

Provider make_check(const Surroundings& surroundings) {
  Provider provider;
  provider.description = {.name = "image.check",
                          .summary =
                              "Passes when an image is in its registry and is what a deployment needs.",
                          .fields = table().fields(),
                          .check = [](const Value& inputs) {
                            std::vector<InputProblem> problems;
                            check_reference(problems, inputs, "image");
                            return problems;
                          }};
  return describe_gate(std::move(provider), surroundings, std::make_shared<const Check>());
}

} // namespace deployctl::providers::image
