// The image actions, each with a registry in memory that has two images.
#include "conformance/subjects.hpp"

#include <stdexcept>

#include "os/files.hpp"
#include "os/tree.hpp"
#include "providers/builtin.hpp"
#include "registry/client.hpp"
#include "registry/manifest.hpp"
#include "registry/media_type.hpp"
#include "registry/saved_image.hpp"
#include "registry/signed_image.hpp"
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

Subject assemble() {
  const auto server = registry_with_two();
  const auto inputs = [server](const char* text) {
    return [server, text](Workbench& bench) {
      bench.write(std::string("image-") + text + "/note", text);
      return Value::Map{{"base", "scratch"},
                        {"files", bench.tree(std::string("image-") + text)},
                        {"to", server->host() + "/assembled/app:live"}};
    };
  };
  return {.action = "image.assemble",
          .bench =
              [server] {
                server->forget_tag("assembled/app", "live");
                return std::make_unique<Workbench>(
                    *find_provider(providers::builtin_catalog(), "image.assemble"));
              },
          .first = inputs("one"),
          .second = inputs("two"),
          .with_secret = inputs("one")};
}

Subject verify() {
  const auto server = std::make_shared<StrictRegistry>();
  const auto keep = [&](const std::string& bytes, const registry::Annotations& notes) {
    server->keep_blob("app", bytes);
    return registry::Descriptor{.media_type = std::string(registry::media_type::oci_config),
                                .digest = registry::Digest::of(bytes),
                                .size = bytes.size(),
                                .annotations = notes};
  };
  const registry::Descriptor config = keep(tests::signed_image::config, {});
  const registry::Descriptor payload =
      keep(tests::signed_image::payload,
           {{"dev.cosignproject.cosign/signature", tests::signed_image::first_signature}});
  const auto image = registry::make_image(registry::media_type::oci_manifest, config, {}).value();
  server->keep_image("app", "1", image);
  server->keep_image("app", registry::fallback_tag(image.digest) + ".sig",
                     registry::make_image(registry::media_type::oci_manifest, config, {payload}).value());
  const auto inputs = [server](Workbench& bench) {
    bench.write("release.pub", tests::signed_image::first_key);
    return Value::Map{{"image", server->host() + "/app:1"}, {"keys", Value::List{bench.file("release.pub")}}};
  };
  return {.action = "image.verify",
          .bench =
              [] {
                return std::make_unique<Workbench>(
                    *find_provider(providers::builtin_catalog(), "image.verify"));
              },
          .first = inputs,
          .second = inputs,
          .with_secret = inputs};
}

// With a 'docker' that ends every build with an archive of its own.
Subject build() {
  const auto server = registry_with_two();
  const auto programs = std::make_shared<os::TemporaryDirectory>(
      os::TemporaryDirectory::create("/tmp", "deployctl-programs-").value());
  const std::string script = "#!/bin/sh\n[ \"$1\" = buildx ] && exit 1\n[ \"$1\" != save ] || cp " +
                             programs->path() + "/image.tar \"$3\"\n";
  const auto keep = [&](const std::string& name, const std::string& bytes) {
    if (!os::atomic_write(programs->path() + "/" + name, bytes, 0755))
      throw std::runtime_error("cannot write " + name);
  };
  keep("docker", script);
  keep("image.tar", tests::SavedImage{.layers = {"layer"}}.docker_archive());
  const auto runs = std::make_shared<int>(0); // a repository of its own for each world
  const auto inputs = [server, runs](const char* source) {
    return [server, runs, source](Workbench&) {
      return Value::Map{{"repository", server->host() + "/built/app" + std::to_string(*runs)},
                        {"source", source},
                        {"builder", "docker"}};
    };
  };
  return {.action = "image.build",
          .bench =
              [programs, runs] {
                ++*runs;
                return std::make_unique<Workbench>(
                    *find_provider(providers::builtin_catalog(), "image.build"), programs->path());
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

Subject scan() {
  const auto server = registry_with_two();
  const auto inputs = [server](Workbench& bench) {
    const std::string digest = registry::Digest::of(server->tagged("staging/app", "1")).text();
    bench.write("trivy.json",
                R"({"SchemaVersion":2,"ArtifactType":"container_image","Metadata":{"RepoDigests":["a@)" +
                    digest + R"("]}})");
    return Value::Map{{"image", server->host() + "/staging/app:1"}, {"report", bench.file("trivy.json")}};
  };
  return {.action = "image.scan",
          .bench =
              [] {
                return std::make_unique<Workbench>(
                    *find_provider(providers::builtin_catalog(), "image.scan"));
              },
          .first = inputs,
          .second = inputs,
          .with_secret = inputs};
}

Subject versions() {
  const auto server = registry_with_two();
  server->keep_image("staging/app", "v1.0.0",
                     registry::parse_manifest(server->tagged("staging/app", "1")).value());
  const auto inputs = [server](Workbench&) {
    return Value::Map{{"repository", server->host() + "/staging/app"}};
  };
  return {.action = "image.versions",
          .bench =
              [] {
                return std::make_unique<Workbench>(
                    *find_provider(providers::builtin_catalog(), "image.versions"));
              },
          .first = inputs,
          .second = inputs,
          .with_secret = inputs};
}

} // namespace

std::vector<Subject> image_subjects() {
  return {assemble(),
          build(),
          check(),
          push(),
          scan(),
          verify(),
          versions(),
          placement("image.tag", "image", "/staging/app:live"),
          placement("image.promote", "from", "/production/app:live")};
}

} // namespace deployctl::conformance
