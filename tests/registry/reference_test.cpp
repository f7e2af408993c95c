#include <catch2/catch.hpp>

#include <random>

#include "registry/reference.hpp"

using namespace deployctl;
using namespace deployctl::registry;

namespace {

const std::string hex(64, 'a');

std::string normal(std::string_view text) {
  const auto reference = parse_reference(text);
  return reference ? reference->text() : "error: " + reference.error().message;
}

std::string one_of(std::mt19937& random, const std::vector<std::string>& words) {
  return words[random() % words.size()];
}

// Text by the grammar, as people may write it.
std::string any_reference(std::mt19937& random) {
  std::string text = one_of(random, {"", "ghcr.io/", "LocalHost/", "localhost:5000/", "[::1]:5000/",
                                     "10.0.0.1/", "index.docker.io/", "registry-1.docker.io/", "docker.io/"});
  const std::size_t parts = 1 + random() % 3;
  for (std::size_t i = 0; i < parts; ++i) {
    text += i ? "/" : "";
    const std::size_t words = 1 + random() % 3;
    for (std::size_t word = 0; word < words; ++word)
      text += (word ? one_of(random, {".", "_", "__", "-", "---"}) : "") +
              one_of(random, {"a", "web", "9", "x1"});
  }
  text += one_of(random, {"", ":1", ":v1.2.3-rc.1_x", ":_", ":" + std::string(128, 'A')});
  return text + one_of(random, {"", "@sha256:" + hex, "@sha512:" + hex + hex, "@a+b.c:X=_-"});
}

} // namespace

TEST_CASE("reference: what people write and what it means") {
  const std::pair<std::string, std::string> cases[] = {
      {"nginx", "docker.io/library/nginx:latest"},
      {"nginx:1.27", "docker.io/library/nginx:1.27"},
      {"kodex/api", "docker.io/kodex/api:latest"},
      {"index.docker.io/nginx", "docker.io/library/nginx:latest"},
      {"registry-1.docker.io/library/nginx:1", "docker.io/library/nginx:1"},
      {"localhost/app", "localhost/app:latest"},
      {"localhost:5000/app:1", "localhost:5000/app:1"},
      {"GHCR.io/team/app", "ghcr.io/team/app:latest"},
      {"[::1]:5000/a/b:c", "[::1]:5000/a/b:c"},
      {"a@sha256:" + hex, "docker.io/library/a@sha256:" + hex},
      {"r.example/a:1@sha256:" + hex, "r.example/a:1@sha256:" + hex},
  };
  for (const auto& [written, meant] : cases) CHECK(normal(written) == meant);
}

TEST_CASE("reference: a digest decides over a tag") {
  CHECK(parse_reference("r.example/a:1@sha256:" + hex)->wanted() == "sha256:" + hex);
  CHECK(parse_reference("r.example/a:1")->wanted() == "1");
}

TEST_CASE("reference: what is none is refused with what is wrong") {
  const std::pair<std::string, std::string> cases[] = {
      {"", "'' is not a reference to an image"},
      {"app:", "'app:' is not a reference to an image"},
      {"r.example/App", "'App' is not the name of a repository"},
      {"r.example/a//b", "'a//b' is not the name of a repository"},
      {"r.example/a..b", "'a..b' is not the name of a repository"},
      {"r.example/a___b", "'a___b' is not the name of a repository"},
      {"r.example/-a", "'-a' is not the name of a repository"},
      {"r.example/a/", "'a/' is not the name of a repository"},
      {"r.example/../a", "'../a' is not the name of a repository"},
      {"a:.b", "'.b' is not a tag"},
      {"a:" + std::string(129, 'b'), "'" + std::string(129, 'b') + "' is not a tag"},
      {"a@sha256:abc", "'sha256:abc' is not a digest"},
      {"a@SHA256:" + hex, "'SHA256:" + hex + "' is not a digest"},
      {"user@host.example/a", "'host.example/a' is not a digest"},
      {"host:99999/a", "'host:99999' is not the host of a registry"},
      {"r.example/" + std::string(250, 'a'),
       "the name of a repository has 260 bytes, at most 255 are allowed"},
  };
  for (const auto& [written, why] : cases) CHECK(normal(written) == "error: " + why);
}

TEST_CASE("reference: normalised text means itself") {
  std::mt19937 random(20261122);
  for (int i = 0; i < 5'000; ++i) {
    const std::string written = any_reference(random);
    const auto once = parse_reference(written);
    INFO(written);
    REQUIRE(once);
    const auto twice = parse_reference(once->text());
    REQUIRE(twice);
    CHECK(*twice == *once);
    CHECK(once->text().ends_with(once->digest.empty() ? once->tag : once->digest.text()));
  }
}

TEST_CASE("reference: hosts of credentials are those of repositories") {
  CHECK(parse_host("https://index.docker.io/v1/") == "docker.io");
  CHECK(parse_host("http://LOCALHOST:5000/") == "localhost:5000");
  CHECK(parse_host("registry.example.com/v2/") == "registry.example.com");
  CHECK_FALSE(parse_host("https://user@host/"));
  CHECK_FALSE(parse_host(""));
  CHECK(api_host("docker.io") == "registry-1.docker.io");
  CHECK(api_host("ghcr.io") == "ghcr.io");
  CHECK(is_loopback_host("localhost:5000"));
  CHECK(is_loopback_host("[::1]:5000"));
  CHECK_FALSE(is_loopback_host("10.0.0.1:5000"));
}

TEST_CASE("digest: bytes are checked whole and while they stream") {
  const std::string bytes = "abc";
  const Digest digest = Digest::of(bytes);
  CHECK(digest.text() == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(check_digest(digest, bytes));
  const auto damaged = check_digest(digest, "abd");
  REQUIRE(!damaged);
  CHECK(damaged.error().cause == Cause::conflict);
  CHECK(check_digest({"sha512", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                                "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
                     bytes));
  CHECK_FALSE(check_digest({"blake9", "00"}, bytes));

  const auto streamed = [&](std::initializer_list<std::string_view> pieces) {
    DigestCheck check(digest, 3);
    for (const std::string_view piece : pieces)
      if (const auto taken = check.take(piece); !taken) return taken;
    return check.finish();
  };
  CHECK(streamed({"a", "", "bc"}));
  CHECK(streamed({"ab"}).error().message == digest.text() + " has 2 bytes, not 3");
  CHECK(streamed({"abc", "d"}).error().message == digest.text() + " has more than its 3 bytes");
  CHECK_FALSE(streamed({"abd"}));
}
