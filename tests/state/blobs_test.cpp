#include "state/blobs.hpp"

#include <filesystem>

#include "base/crypto.hpp"
#include "os/scratch.hpp"

using namespace deployctl;
using deployctl::state::Blobs;

TEST_CASE("blobs: a file is stored under its digest and found again") {
  const Scratch scratch;
  const Blobs blobs(scratch.path("blobs"));
  const std::string bytes("some\0bytes", 10);
  const auto stored = blobs.put_file(scratch.write("file", bytes));
  REQUIRE(stored);
  CHECK(stored->sha256 == sha256_hex(bytes));
  CHECK(stored->size == 10);
  CHECK(blobs.contains(stored->sha256));
  CHECK(*blobs.path_of(stored->sha256) ==
        scratch.path("blobs/sha256/") + stored->sha256.substr(0, 2) + "/" + stored->sha256.substr(2));
  CHECK(*blobs.read(stored->sha256, 10) == bytes);
  CHECK(blobs.read(stored->sha256, 9).error().cause == Cause::config);
  CHECK(blobs.verified_path_of(stored->sha256));

  CHECK(blobs.put_file(scratch.path("file"))->sha256 == stored->sha256);
  CHECK(blobs.put_bytes(bytes)->sha256 == stored->sha256);
  CHECK(blobs.put_bytes("")->size == 0);
}

TEST_CASE("blobs: with its planned digest a stored file is not read again, and a changed one is refused") {
  const Scratch scratch;
  const Blobs blobs(scratch.path("blobs"));
  const std::string planned = sha256_hex("as planned");
  REQUIRE(blobs.put_bytes("as planned"));
  CHECK(blobs.put_file(scratch.path("gone already"), planned)->size == 10);

  const auto changed = blobs.put_file(scratch.write("file", "changed"), sha256_hex("other"));
  REQUIRE_FALSE(changed);
  CHECK(changed.error().cause == Cause::conflict);
  CHECK_THAT(changed.error().message, Catch::Contains(sha256_hex("changed")));
  CHECK(blobs.put_file(scratch.path("none")).error().cause == Cause::not_found);
}

TEST_CASE("blobs: what was changed behind our back is noticed") {
  const Scratch scratch;
  const Blobs blobs(scratch.path("blobs"));
  const std::string digest = blobs.put_bytes("content")->sha256;
  std::filesystem::permissions(*blobs.path_of(digest), std::filesystem::perms::owner_all);
  scratch.write("blobs/sha256/" + digest.substr(0, 2) + "/" + digest.substr(2), "Content");
  CHECK(blobs.verified_path_of(digest).error().cause == Cause::conflict);
  CHECK(blobs.read(digest, 100).error().cause == Cause::conflict);
}

TEST_CASE("blobs: a digest is 64 hex digits, not a path") {
  const Scratch scratch;
  const Blobs blobs(scratch.path("blobs"));
  for (const std::string& text :
       {std::string(), std::string("../../etc/passwd"), std::string(64, 'A'), std::string(63, 'a')}) {
    CHECK_FALSE(blobs.contains(text));
    CHECK(blobs.path_of(text).error().cause == Cause::config);
  }
  CHECK(blobs.path_of(std::string(64, 'a')).error().cause == Cause::not_found);
}

TEST_CASE("blobs: nothing is left of a copy that failed") {
  const Scratch scratch;
  const Blobs blobs(scratch.path("blobs"));
  std::filesystem::create_directories(scratch.path("folder"));
  CHECK_FALSE(blobs.put_file(scratch.path("folder")));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch.path("blobs")))
    CHECK(entry.path() == "");
}
