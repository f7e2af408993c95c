// Images on disk, and their way into a registry that keeps to the specification.
#include <catch2/catch.hpp>

#include <filesystem>

#include "registry/local_image.hpp"
#include "registry/media_type.hpp"
#include "registry/must.hpp"
#include "registry/saved_image.hpp"
#include "registry/strict_registry.hpp"

using namespace deployctl;
using namespace deployctl::registry;
using namespace deployctl::tests;

namespace {

Result<Copied> push(ClientBench& bench, const std::string& path, const Reference& to,
                    const std::string& name = {}, const CopyOptions& options = {}) {
  DEPLOYCTL_TRY(const auto files,
                std::filesystem::is_directory(path) ? open_image_folder(path) : open_image_tar(path));
  DEPLOYCTL_TRY(const auto local, LocalImage::open(files, name));
  return local.push(bench.client, to, options, "/tmp", {});
}

std::string text(std::size_t size, unsigned seed) {
  return noise(size / 2, seed) + std::string(size / 2, 'a');
}

} // namespace

TEST_CASE("archive: a saved image arrives packed, and its layers unpack to what they were") {
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  const SavedImage saved{.layers = {text(40'000, 1), text(80'000, 2), ""}};
  const Copied copied = must(push(bench, desk.write("app.tar", saved.docker_archive()), at(server, "a:1")));
  CHECK(copied.sent == 4);
  const Manifest manifest = must(parse_manifest(server.tagged("a", "1")));
  CHECK(manifest.media_type == media_type::docker_manifest);
  CHECK(server.blob_bytes("a", manifest.config.digest.text()) == saved.config());
  REQUIRE(manifest.layers.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(manifest.layers[i].media_type == media_type::docker_layer_gzip);
    CHECK((gunzipped(server.blob_bytes("a", manifest.layers[i].digest.text())) == saved.layers[i]));
  }
  // The tag, and two for each blob; a look for those that are not small.
  CHECK(bench.http.count() <= 1 + 2 * 4 + 4 + 1);
  CHECK(bench.http.body_bytes() == copied.bytes);
}

TEST_CASE("archive: an unchanged one costs one request where nobody has seen it before") {
  const Desk desk;
  StrictRegistry server(true);
  ClientBench first;
  const SavedImage saved{.layers = {text(40'000, 1), text(80'000, 2)}};
  const std::string path = desk.write("app.tar", saved.docker_archive());
  const Copied pushed = must(push(first, path, at(server, "a:1")));
  first.http.forget();
  CHECK(must(push(first, path, at(server, "a:1"))).unchanged);
  CHECK(first.http.count() == 1);
  ClientBench fresh;
  const Copied again = must(push(fresh, path, at(server, "a:1")));
  CHECK(again.unchanged);
  CHECK(again.digest == pushed.digest);
  CHECK(fresh.http.count() == 3); // refused, token, answer
}

TEST_CASE("archive: of a changed image only the changed layer is packed and sent") {
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  SavedImage saved;
  for (unsigned i = 0; i < 20; ++i) saved.layers.push_back(text(30'000, i));
  must(push(bench, desk.write("one.tar", saved.docker_archive()), at(server, "a:1")));
  const Manifest before = must(parse_manifest(server.tagged("a", "1")));
  saved.layers[7] = text(50'000, 99);
  ClientBench fresh;
  const Copied copied = must(push(fresh, desk.write("two.tar", saved.docker_archive()), at(server, "a:1")));
  CHECK(copied.sent == 2);
  CHECK(fresh.http.count() <= 12);
  CHECK(fresh.http.body_bytes() == copied.bytes);
  const Manifest after = must(parse_manifest(server.tagged("a", "1")));
  for (std::size_t i = 0; i < 20; ++i) CHECK((after.layers[i].digest == before.layers[i].digest) == (i != 7));
}

TEST_CASE("archive: a layer that the registry has lost is sent again") {
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  SavedImage saved{.layers = {text(40'000, 1), text(50'000, 2)}};
  must(push(bench, desk.write("one.tar", saved.docker_archive()), at(server, "a:1")));
  server.forget_blob("a", must(parse_manifest(server.tagged("a", "1"))).layers[0].digest.text());
  saved.note = "new";
  must(push(bench, desk.write("two.tar", saved.docker_archive()), at(server, "a:1")));
  const Manifest after = must(parse_manifest(server.tagged("a", "1")));
  for (std::size_t i = 0; i < 2; ++i)
    CHECK((gunzipped(server.blob_bytes("a", after.layers[i].digest.text())) == saved.layers[i]));
}

TEST_CASE("archive: the same layer twice is a link in it, and is packed and sent once") {
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  const std::string layer = text(40'000, 1);
  const SavedImage saved{.layers = {layer, text(10'000, 2), layer}};
  const Copied copied = must(push(bench, desk.write("app.tar", saved.docker_archive()), at(server, "a:1")));
  CHECK(copied.sent == 3);
  const Manifest manifest = must(parse_manifest(server.tagged("a", "1")));
  REQUIRE(manifest.layers.size() == 3);
  CHECK(manifest.layers[0].digest == manifest.layers[2].digest);
}

TEST_CASE("archive: layers that are packed already go as they are") {
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  const std::string plain = text(40'000, 1), packed = gzipped(plain);
  SavedImage saved{.layers = {packed}, .diff_ids = {{0, Digest::of(plain)}}};
  must(push(bench, desk.write("gzip.tar", saved.docker_archive()), at(server, "a:1")));
  CHECK(must(parse_manifest(server.tagged("a", "1"))).layers[0].digest == Digest::of(packed));
  const std::string zstd = "\x28\xb5\x2f\xfd" + noise(3'000, 7);
  saved = {.layers = {zstd, plain}, .diff_ids = {{0, Digest::of("unpacked")}}};
  must(push(bench, desk.write("zstd.tar", saved.docker_archive()), at(server, "a:2")));
  const Manifest manifest = must(parse_manifest(server.tagged("a", "2")));
  CHECK(manifest.media_type == media_type::oci_manifest);
  CHECK(manifest.layers[0].digest == Digest::of(zstd));
  CHECK(manifest.layers[0].media_type == media_type::oci_layer_zstd);
  CHECK(manifest.layers[1].media_type == media_type::oci_layer_gzip);
}

TEST_CASE("archive: what contradicts itself is refused, and the tag is not put") {
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  const auto refusal = [&](const std::string& tar, const std::string& name = {}) {
    const auto pushed = push(bench, desk.write("bad.tar", tar), at(server, "a:1"), name);
    return pushed ? "(none)" : pushed.error().message;
  };
  SavedImage saved{.layers = {text(4'000, 1), text(5'000, 2)}};
  saved.diff_ids = {{1, Digest::of("something else")}};
  CHECK(refusal(saved.docker_archive()).find("'1/layer.tar' unpacks to") != std::string::npos);
  saved = {.layers = {gzipped("a layer")}, .diff_ids = {{0, Digest::of("another")}}};
  CHECK(refusal(saved.docker_archive()).find("'0/layer.tar' unpacks to") != std::string::npos);
  saved = {.layers = {"a"}};
  const std::string config = saved.config();
  const auto with_list = [&](const std::string& list) {
    return TarText().add("c", config).add("0/layer.tar", "a").add("manifest.json", list).ended();
  };
  CHECK(refusal(with_list(R"([{"Config":"c","Layers":["0/layer.tar","0/layer.tar"]}])")) ==
        "the archive has 2 layers, its configuration names 1");
  CHECK(refusal(with_list(R"([{"Config":"c","Layers":["../../etc/passwd"]}])"))
            .find("has no '../../etc/passwd'") != std::string::npos);
  CHECK(refusal(with_list(R"([{"Config":"/etc/passwd","Layers":[]}])")).find("has no") != std::string::npos);
  CHECK(refusal(with_list("[]")) == "the archive holds no image");
  CHECK(refusal(with_list(R"([{"RepoTags":["a:1"]},{"RepoTags":["a:2"]}])")) ==
        "the archive holds 2 images, expected one");
  CHECK(refusal(with_list(R"([{"RepoTags":["a:1"]}])"), "b:1") ==
        "the archive holds 0 images with the tag 'b:1', expected one");
  CHECK(refusal(TarText().add("file", "x").ended()).find("it is no image") == 0);
  CHECK(refusal(SavedImage{.layers = {text(9'000, 1)}}.docker_archive().substr(0, 5'000))
            .find("longer than the tar") != std::string::npos);
  CHECK(server.tagged("a", "1") == "(none)");
}

TEST_CASE("archive: a tag that must not move stays") {
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  must(push(bench, desk.write("one.tar", SavedImage{.layers = {"a"}}.docker_archive()), at(server, "a:1")));
  const std::string before = server.tagged("a", "1");
  const auto refused = push(bench, desk.write("two.tar", SavedImage{.layers = {"b"}}.docker_archive()),
                            at(server, "a:1"), "", {.move_tag = false});
  REQUIRE(!refused);
  CHECK(refused.error().cause == Cause::policy);
  CHECK(server.tagged("a", "1") == before);
}

TEST_CASE("layout: folder and tar go byte for byte, an index with its images and notes") {
  const Desk desk;
  StrictRegistry server;
  TextImage image;
  Descriptor amd = image.add_image({text(40'000, 1)}, "amd64");
  amd.platform = {.os = "linux", .architecture = "amd64"};
  Descriptor note = image.add_image({text(100, 2)}, "a note");
  note.platform = {.os = "unknown", .architecture = "unknown"};
  note.annotations = {{"vnd.docker.reference.type", "attestation-manifest"}};
  const Descriptor index = image.add_index({amd, note});
  write_layout(desk, "layout", image, {index});
  const std::string tar = desk.write("layout.tar", layout_tar(image, {index}));
  for (const std::string& path : {desk.path("layout"), tar}) {
    ClientBench bench;
    const std::string name = path == tar ? "tar" : "folder";
    CHECK(must(push(bench, path, at(server, name + ":1"))).digest == index.digest);
    CHECK(server.tagged(name, "1") == image.root()->bytes);
    for (const Descriptor& child : {amd, note})
      for (const Descriptor& blob : image.manifest(child)->blobs())
        CHECK((server.blob_bytes(name, blob.digest.text()) == image.bytes(blob.digest)));
    bench.http.forget();
    CHECK(must(push(bench, path, at(server, name + ":1"))).unchanged);
    CHECK(bench.http.count() == 1);
  }
}

TEST_CASE("layout: one of several is chosen by its name") {
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  TextImage image;
  Descriptor one = image.add_image({"1"}, "one");
  one.annotations = {{"org.opencontainers.image.ref.name", "one"}};
  Descriptor two = image.add_image({"2"}, "two");
  two.annotations = {{"io.containerd.image.name", "example.com/two:1"}};
  write_layout(desk, "layout", image, {one, two});
  CHECK(must(push(bench, desk.path("layout"), at(server, "a:1"), "one")).digest == one.digest);
  CHECK(must(push(bench, desk.path("layout"), at(server, "a:2"), "example.com/two:1")).digest == two.digest);
  const auto unclear = push(bench, desk.path("layout"), at(server, "a:3"));
  REQUIRE(!unclear);
  CHECK(unclear.error().message == "the layout holds 2 images, expected one");
  CHECK(unclear.error().help == "it has one, example.com/two:1");
}

TEST_CASE("layout: links, wrong bytes and wrong sizes are refused before the tag is put") {
  namespace fs = std::filesystem;
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  TextImage image;
  const Descriptor root = image.add_image({text(40'000, 1)}, "one");
  write_layout(desk, "layout", image, {root});
  const Digest layer = image.root()->layers[0].digest;
  const std::string path = desk.path("layout/blobs/sha256/" + layer.encoded);
  std::string wrong = image.bytes(layer);
  wrong[1'000] ^= 1;
  desk.write("layout/blobs/sha256/" + layer.encoded, wrong);
  CHECK(push(bench, desk.path("layout"), at(server, "a:1")).error().cause == Cause::conflict);
  desk.write("layout/blobs/sha256/" + layer.encoded, "short");
  CHECK(push(bench, desk.path("layout"), at(server, "a:1")).error().message.find("its manifest says") !=
        std::string::npos);
  fs::remove(path);
  fs::create_symlink(desk.write("secret", image.bytes(layer)), path);
  CHECK_FALSE(push(bench, desk.path("layout"), at(server, "a:1")));
  fs::remove(path);
  CHECK(push(bench, desk.path("layout"), at(server, "a:1")).error().cause == Cause::not_found);
  CHECK(server.tagged("a", "1") == "(none)");
}

TEST_CASE("archive: what Docker writes since version 25, an archive and a layout in one, is packed") {
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  const SavedImage saved{.layers = {text(40'000, 1)}};
  TextImage image;
  const Descriptor config = image.add_blob(saved.config(), media_type::oci_config);
  const Descriptor layer = image.add_blob(saved.layers[0], media_type::oci_layer);
  const Descriptor root = image.add(make_image(media_type::oci_manifest, config, {layer}).value());
  TarText tar;
  const std::string place = "blobs/sha256/";
  tar.bytes = layout_tar(image, {root});
  tar.bytes.resize(tar.bytes.size() - 1'024); // goes on
  tar.add("manifest.json", R"([{"Config":")" + place + config.digest.encoded +
                               R"(","RepoTags":["app:1"],"Layers":[")" + place + layer.digest.encoded +
                               "\"]}]");
  const std::string path = desk.write("both.tar", tar.ended());
  for (const char* name : {"", "app:1"}) {
    must(push(bench, path, at(server, std::string("a:") + (*name ? "named" : "only")), name));
    const Manifest manifest = must(parse_manifest(server.tagged("a", *name ? "named" : "only")));
    CHECK(manifest.layers[0].media_type == media_type::docker_layer_gzip);
    CHECK(manifest.config.digest == config.digest);
  }
}

TEST_CASE("local image: what would be sent is known before it is") {
  const Desk desk;
  StrictRegistry server;
  ClientBench bench;
  SavedImage saved{.layers = {text(40'000, 1), text(20'000, 2)}};
  must(push(bench, desk.write("one.tar", saved.docker_archive()), at(server, "a:1")));
  saved.layers[1] = text(10'000, 3);
  const auto local =
      must(LocalImage::open(must(open_image_tar(desk.write("two.tar", saved.docker_archive()))), ""));
  const Access access = pull_from(at(server, "a").repository);
  const Before before{must(bench.client.find_manifest(access, "1", {}))};
  const LocalImage::Work work = must(local.work(bench.client, access, before, {}));
  CHECK(work.blobs == 3);
  CHECK(work.missing == 2);
  CHECK(work.bytes == 10'000 + saved.config().size());
  CHECK(must(local.work(bench.client, access, {}, {})).missing == 3);
}
