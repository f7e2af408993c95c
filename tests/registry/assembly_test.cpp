// Images made here: of files, on a base or on none.
#include <catch2/catch.hpp>

#include <algorithm>

#include "base/json.hpp"
#include "base/members.hpp"
#include "os/files.hpp"
#include "registry/assembly.hpp"
#include "registry/media_type.hpp"
#include "registry/must.hpp"
#include "registry/saved_image.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::registry;
using namespace deployctl::tests;

namespace {

std::vector<LayerFile> two_files(const Desk& desk) {
  return {{.name = "app/server", .executable = true, .size = 6, .path = desk.write("server", "binary")},
          {.name = "app/a.txt", .size = 4, .path = desk.write("a.txt", "text")},
          {.name = "app/now", .link = "server"}};
}

const ImageWishes plain{.platform = {.os = "linux", .architecture = "amd64"},
                        .created = "1970-01-01T00:00:00Z",
                        .note = "test",
                        .entrypoint = {"/app/server"}};

Descriptor keep_blob(StrictRegistry& server, const std::string& bytes, std::string_view type) {
  server.keep_blob("base", bytes);
  return {.media_type = std::string(type), .digest = Digest::of(bytes), .size = bytes.size()};
}

// "base:1" with one layer, of Docker's types; its layer is large enough to be worth a question.
Manifest keep_base(StrictRegistry& server) {
  const std::string config =
      R"({"architecture":"amd64","os":"linux","container":"abc","config":{"Env":["PATH=/bin","A=1"],"Cmd":["sh"],"Labels":null},)"
      R"("rootfs":{"type":"layers","diff_ids":[")" +
      Digest::of("unpacked").text() + R"("]},"history":[{"created_by":"base"}]})";
  const Manifest base =
      make_image(media_type::docker_manifest, keep_blob(server, config, media_type::docker_config),
                 {keep_blob(server, noise(40'000, 1), media_type::docker_layer_gzip)})
          .value();
  server.keep_image("base", "1", base);
  return base;
}

Assembly assemble(ClientBench& bench, const Desk& desk, const std::string& folder, BaseImage base,
                  const std::vector<LayerFile>& files, const ImageWishes& wishes = plain) {
  REQUIRE(os::make_directories(desk.path(folder)));
  return must(Assembly::make(bench.client, std::move(base), wishes, files, desk.path(folder), {}));
}

} // namespace

TEST_CASE("assembly: the order of the files and where they lie change nothing, what is in them does") {
  const Desk one, two;
  ClientBench bench;
  std::vector<LayerFile> files = two_files(one);
  const Manifest first = assemble(bench, one, "f", {}, files).root().value();
  files = two_files(two);
  std::ranges::reverse(files);
  CHECK(assemble(bench, two, "f", {}, files).root()->bytes == first.bytes);
  CHECK(must(assembled_config({}, plain, files, {})) == first.config.digest);
  files.back().executable = !files.back().executable;
  CHECK(assemble(bench, two, "g", {}, files).root()->digest != first.digest);
}

TEST_CASE("assembly: a file that grew or shrank since the plan is refused") {
  const Desk desk;
  std::vector<LayerFile> files = two_files(desk);
  files.front().size = GENERATE(5U, 7U);
  const auto refused = assembled_config({}, plain, files, {});
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::conflict);
}

TEST_CASE("assembly: on a base of the same registry its layers are mounted, and nothing of it is sent") {
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  const Manifest base = keep_base(server);
  const BaseImage found = must(find_base(bench.client, at(server, "base:1"), "linux/amd64", {}));
  CHECK(found.manifest.digest == base.digest);
  const Assembly image = assemble(bench, desk, "f", found, two_files(desk));
  const Copied copied = must(push_image(bench.client, image, at(server, "team/app:1"), {}, {}));
  CHECK(copied.mounted == 1);
  CHECK(copied.sent == 2);
  CHECK(copied.bytes < 2'000);
  const Manifest there = must(parse_manifest(server.tagged("team/app", "1")));
  CHECK(there.media_type == media_type::oci_manifest);
  REQUIRE(there.layers.size() == 2);
  CHECK(there.layers[0].digest == base.layers[0].digest);
  CHECK(there.layers[0].media_type == media_type::oci_layer_gzip);
  const std::string tar = gunzipped(server.blob_bytes("team/app", there.layers[1].digest.text()));
  const Value config =
      parse_json(server.blob_bytes("team/app", there.config.digest.text()), JsonMode::plain).value();
  CHECK(texts_at(*config.find("rootfs"), "diff_ids") ==
        std::vector<std::string>{Digest::of("unpacked").text(), Digest::of(tar).text()});
}

TEST_CASE("assembly: a base of another registry travels through here") {
  const Desk desk;
  StrictRegistry from, to;
  ClientBench bench;
  const Manifest base = keep_base(from);
  const BaseImage found = must(find_base(bench.client, at(from, "base:1"), "linux/amd64", {}));
  const Assembly image = assemble(bench, desk, "f", found, two_files(desk));
  const Copied copied = must(push_image(bench.client, image, at(to, "app:1"), {}, {}));
  CHECK(copied.mounted == 0);
  CHECK(copied.sent == 3);
  CHECK((to.blob_bytes("app", base.layers[0].digest.text()) == noise(40'000, 1)));
}

TEST_CASE("assembly: the configuration is that of the base with what is wished") {
  ImageWishes wishes = plain;
  wishes.env = {{"A", "2"}, {"B", "3"}};
  wishes.labels = {{"l", "v"}};
  wishes.ports = {"8000", "53/udp"};
  wishes.user = "7";
  const std::string base =
      R"({"architecture":"arm64","os":"linux","container":"x","config":{"Env":["PATH=/bin","A=1"],"Cmd":["sh"],"Labels":null},"rootfs":{"type":"layers","diff_ids":[]},"history":[{"created_by":"base"}]})";
  const std::string made = must(wished_config(base, wishes, Digest::of("layer")));
  const Value config = parse_json(made, JsonMode::plain).value();
  CHECK(texts_at(*config.find("config"), "Env") == std::vector<std::string>{"PATH=/bin", "A=2", "B=3"});
  CHECK(config.find_path("config.Cmd") == nullptr);
  CHECK(config.find_path("config.Labels.l") != nullptr);
  CHECK(*config.find_path("config.User") == Value("7"));
  CHECK(config.find("container") == nullptr);
  CHECK(*config.find("architecture") == Value("arm64"));
  CHECK(keys_at(*config.find("config"), "ExposedPorts") == std::vector<std::string>{"53/udp", "8000/tcp"});
  CHECK(list_at(config, "history").size() == 2);
  CHECK_FALSE(wished_config("[]", wishes, Digest::of("layer")));
}

TEST_CASE("assembly: a base that is not there, and one of another platform, are said as such") {
  StrictRegistry server;
  ClientBench bench;
  keep_base(server);
  const auto missing = find_base(bench.client, at(server, "base:2"), "linux/amd64", {});
  REQUIRE(!missing);
  CHECK(missing.error().cause == Cause::image_missing);
  const auto other = find_base(bench.client, at(server, "base:1"), "linux/arm64", {});
  REQUIRE(!other);
  CHECK(other.error().cause == Cause::image_arch);
}
