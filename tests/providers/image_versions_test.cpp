#include <catch2/catch.hpp>

#include "base/members.hpp"
#include "providers/builtin.hpp"
#include "providers/workbench.hpp"
#include "registry/manifest.hpp"
#include "registry/media_type.hpp"
#include "registry/strict_registry.hpp"
#include "registry/versions.hpp"

using namespace deployctl;
using namespace deployctl::tests;
using registry::Digest;

namespace {

// An image that differs by `note`; the digest of its configuration.
std::string keep(StrictRegistry& server, const std::string& tag, const std::string& note) {
  const std::string config =
      R"({"os":"linux","architecture":"amd64","created":"2026-01-01T00:00:00Z","config":{"User":")" + note +
      "\"}}";
  server.keep_blob("app", config);
  const registry::Descriptor of{.media_type = std::string(registry::media_type::oci_config),
                                .digest = Digest::of(config),
                                .size = config.size()};
  server.keep_image("app", tag, registry::make_image(registry::media_type::oci_manifest, of, {}).value());
  return of.digest.text();
}

std::vector<std::string> tags_of(const std::vector<registry::VersionTag>& versions) {
  std::vector<std::string> tags;
  for (const registry::VersionTag& one : versions) tags.push_back(one.tag);
  return tags;
}

} // namespace

TEST_CASE("versions: tags are ordered as versions, whatever they look like, and others are none") {
  const std::vector<std::string> tags = {"latest",  "1.2.0",      "v1.10.0",     "1.9.0",
                                         "v1.2.0",  "2024.01.02", "1.10.0-rc.2", "1.10.0-rc.10",
                                         "sha-abc", "1.10.0+b1",  "1.2",         ""};
  CHECK(tags_of(registry::version_tags(tags, false)) ==
        std::vector<std::string>{"1.10.0+b1", "v1.10.0", "1.9.0", "1.2.0", "v1.2.0"});
  CHECK(tags_of(registry::version_tags(tags, true)).at(2) == "1.10.0-rc.10");
}

TEST_CASE("image.versions: the newest, and the newest of another image, by digest") {
  StrictRegistry server;
  Workbench bench(*find_provider(providers::builtin_catalog(), "image.versions"));
  keep(server, "1.0.0", "a");
  keep(server, "1.1.0", "b");
  keep(server, "v1.2.0", "b"); // the same image once more
  keep(server, "latest", "c");
  const auto read = [&](Value::Map more) {
    more["repository"] = server.host() + "/app";
    more.emplace("most", 10);
    return bench.read_data(bench.ask(std::move(more)));
  };
  const Value all = read({}).value();
  CHECK(text_at(all, "newest") == "v1.2.0");
  CHECK(text_at(all, "ref") == server.host() + "/app@" + Digest::of(server.tagged("app", "v1.2.0")).text());
  CHECK(text_at(all, "previous") == "1.0.0");
  REQUIRE(list_at(all, "images").size() == 3);
  CHECK(text_at(list_at(all, "images")[0], "created") == "2026-01-01T00:00:00Z");
  CHECK(text_at(read({{"pattern", "1\\..*"}}).value(), "newest") == "1.1.0");
  CHECK(list_at(read({{"most", 1}}).value(), "images").size() == 1);
  CHECK(text_at(read({{"most", 1}}).value(), "previous").empty());
}

TEST_CASE("image.versions: an image that lost a part is passed over, and none at all is said") {
  StrictRegistry server;
  Workbench bench(*find_provider(providers::builtin_catalog(), "image.versions"));
  keep(server, "1.0.0", "a");
  server.forget_blob("app", keep(server, "1.1.0", "b"));
  const auto read = [&] {
    return bench.read_data(
        bench.ask({{"repository", server.host() + "/app"}, {"most", 10}, {"whole", true}}));
  };
  CHECK(text_at(read().value(), "newest") == "1.0.0");
  server.forget_tag("app", "1.0.0");
  const auto none = read();
  REQUIRE(!none);
  CHECK(none.error().cause == Cause::image_missing);
}
