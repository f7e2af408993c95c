// The image actions, each with a registry in memory that has two images.
#include "conformance/subjects.hpp"

#include "providers/builtin.hpp"
#include "registry/manifest.hpp"
#include "registry/media_type.hpp"
#include "registry/saved_image.hpp"
#include "registry/strict_registry.hpp"

namespace deployctl::conformance {
namespace {

using tests::StrictRegistry;
using tests::Workbench;

// A repository "staging/app" with the tags "1" and "2".
std::shared_ptr<StrictRegistry> registry_with_two() {
  const auto server = std::make_shared<StrictRegistry>();
  for (const std::string tag : {"1", "2"}) {
    const std::string config =
        R"({"os":"linux","architecture":"amd64","config":{"Labels":{"tag":")" + tag + "\"}}}";
    const registry::Descriptor of{.media_type = std::string(registry::media_type::oci_config),
                                  .digest = registry::Digest::of(config),
                                  .size = config.size()};
    server->keep_blob("staging/app", config);
    server->keep_image("staging/app", tag,
                       registry::make_image(registry::media_type::oci_manifest, of, {}).value());
  }
  return server;
}

Subject placement(const std::string& action, const std::string& source, const std::string& to) {
  const auto server = registry_with_two();
  const auto inputs = [server, source, to](const char* tag) {
    return [server, source, to, tag](Workbench&) {
      return Value::Map{{source, server->host() + "/staging/app:" + tag}, {"to", server->host() + to}};
    };
  };
  return {.action = action,
          .bench =
              [server, action, to] {
                const std::string repository = to.substr(1, to.rfind(':') - 1);
                server->forget_tag(repository, to.substr(to.rfind(':') + 1));
                return std::make_unique<Workbench>(*find_provider(providers::builtin_catalog(), action));
              },
          .first = inputs("1"),
          .second = inputs("2"),
          .with_secret = inputs("1")};
}

Subject push() {
  const auto server = registry_with_two();
  const auto inputs = [server](const char* layer) {
    return [server, layer](Workbench& bench) {
      const std::string name = std::string(layer) + ".tar";
      bench.write(name, tests::SavedImage{.layers = {layer}}.docker_archive());
      return Value::Map{{"archive", bench.file(name)}, {"to", server->host() + "/pushed/app:live"}};
    };
  };
  return {.action = "image.push",
          .bench =
              [server] {
                server->forget_tag("pushed/app", "live");
                return std::make_unique<Workbench>(
                    *find_provider(providers::builtin_catalog(), "image.push"));
              },
          .first = inputs("one"),
          .second = inputs("two"),
          .with_secret = inputs("one")};
}

Subject check() {
  const auto server = registry_with_two();
  const auto inputs = [server](Workbench&) {
    return Value::Map{{"image", server->host() + "/staging/app:1"},
                      {"platforms", Value::List{"linux/amd64"}}};
  };
  return {.action = "image.check",
          .bench =
              [] {
                return std::make_unique<Workbench>(
                    *find_provider(providers::builtin_catalog(), "image.check"));
              },
          .first = inputs,
          .second = inputs,
          .with_secret = inputs};
}

} // namespace

std::vector<Subject> image_subjects() {
  return {check(), push(), placement("image.tag", "image", "/staging/app:live"),
          placement("image.promote", "from", "/production/app:live")};
}

} // namespace deployctl::conformance
