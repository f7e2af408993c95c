#include "os/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/crypto.hpp"
#include "os/environment.hpp"
#include "os/tree.hpp"
#include "scratch.hpp"

using namespace deployctl;
using namespace deployctl::os;

namespace {

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

std::vector<std::string> names(const std::vector<TreeEntry>& entries) {
  std::vector<std::string> found;
  for (const TreeEntry& entry : entries) found.push_back(entry.name);
  return found;
}

} // namespace

TEST_CASE("files: an atomic write replaces the whole file and sets the mode") {
  const Scratch scratch;
  scratch.write("a", "old and longer", 0600);
  scratch.write("a", "new", 0640);
  CHECK(scratch.read("a") == "new");
  CHECK(mode_of(scratch.path("a")) == 0640);
  CHECK(names(list_tree(scratch.path()).value()) ==
        std::vector<std::string>{"a"}); // nothing temporary is left
}

TEST_CASE("files: a failed write leaves the old file and nothing else") {
  const Scratch scratch;
  const Status missing = atomic_write(scratch.path("none/a"), "x");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().cause == Cause::not_found);
  CHECK(missing.error().message ==
        "cannot write '" + scratch.path("none/a") + "': no such file or directory");
  REQUIRE(make_directories(scratch.path("dir/x")));
  CHECK_FALSE(atomic_write(scratch.path("dir"), "x")); // a directory stands there
  CHECK(list_tree(scratch.path()).value().empty());
}

TEST_CASE("files: reading has a limit and never waits for a pipe") {
  const Scratch scratch;
  const std::string path = scratch.write("a", "12345");
  CHECK(read_file(path, 5).value() == "12345");
  CHECK(read_file(path, 4).error().cause == Cause::config);
  REQUIRE(::mkfifo(scratch.path("pipe").c_str(), 0600) == 0);
  CHECK(read_file(scratch.path("pipe"), 10).error().message ==
        "'" + scratch.path("pipe") + "' is not a regular file");
  CHECK_FALSE(read_file(scratch.path(), 10));
  CHECK(read_file(scratch.path("none"), 10).error().cause == Cause::not_found);
}

TEST_CASE("files: a hash is of size, mode and content") {
  const Scratch scratch;
  const std::string bytes(1'000'000, 'x');
  const FileFacts facts = hash_file(scratch.write("a", bytes, 0755)).value();
  CHECK(facts.size == bytes.size());
  CHECK(facts.mode == 0755);
  CHECK(facts.sha256 == sha256_hex(bytes));
}

TEST_CASE("files: directories are made with their parents, once") {
  const Scratch scratch;
  REQUIRE(make_directories(scratch.path("a/b/c"), 0700));
  REQUIRE(make_directories(scratch.path("a/b/c"), 0700));
  CHECK(mode_of(scratch.path("a/b")) == 0700);
  scratch.write("file", "");
  CHECK(make_directories(scratch.path("file")).error().cause == Cause::conflict);
  CHECK_FALSE(make_directories(scratch.path("file/below")));
}

TEST_CASE("files: a path stays below its root after all links") {
  const Scratch scratch;
  REQUIRE(make_directories(scratch.path("root/sub")));
  REQUIRE(make_directories(scratch.path("root-other")));
  scratch.write("root/sub/a", "x");
  scratch.write("root-other/b", "x");
  REQUIRE(::symlink("sub/a", scratch.path("root/inside").c_str()) == 0);
  REQUIRE(::symlink("../root-other", scratch.path("root/outside").c_str()) == 0);
  const std::string root = scratch.path("root");
  CHECK(resolve_below(root, "inside").value() == root + "/sub/a");
  CHECK(resolve_below(root, ".").value() == root);
  CHECK(resolve_below(root, root + "/sub/../sub/a").value() == root + "/sub/a");
  CHECK(resolve_below(root, "outside/b").error().cause == Cause::config);
  CHECK(resolve_below(root, "../root-other/b").error().cause == Cause::config);
  CHECK(resolve_below(root, "/etc").error().cause == Cause::config);
  CHECK(resolve_below(root, "none").error().cause == Cause::not_found);
}

TEST_CASE("files: there is free space to measure") {
  CHECK(free_space("/tmp").value() > 0);
  CHECK_FALSE(free_space("/does/not/exist"));
}

TEST_CASE("tree: files and links, sorted, links not followed") {
  const Scratch scratch;
  REQUIRE(make_directories(scratch.path("b/empty")));
  scratch.write("b/run", "12", 0755);
  scratch.write("b-c", "");
  REQUIRE(::symlink("/etc", scratch.path("link").c_str()) == 0);
  const auto entries = list_tree(scratch.path()).value();
  CHECK(names(entries) == std::vector<std::string>{"b-c", "b/run", "link"});
  CHECK(entries[1].mode == 0755);
  CHECK(entries[1].size == 2);
  CHECK(entries[2].link == "/etc");
}

TEST_CASE("tree: what cannot be carried is refused") {
  const Scratch scratch;
  SECTION("a pipe") {
    REQUIRE(::mkfifo(scratch.path("pipe").c_str(), 0600) == 0);
  }
  SECTION("a name that is no text") {
    scratch.write("bad\xff", "");
  }
  SECTION("a name with a control character") {
    scratch.write("bad\n", "");
  }
  SECTION("more entries than allowed") {
    for (const char* name : {"a", "b", "c", "d"}) scratch.write(name, "");
  }
  SECTION("deeper than allowed") {
    REQUIRE(make_directories(scratch.path("1/2/3")));
  }
  const auto listed = list_tree(scratch.path(), {.entries = 3, .depth = 2});
  REQUIRE_FALSE(listed);
  CHECK(listed.error().cause == Cause::config);
}

TEST_CASE("tree: removal does not follow links") {
  const Scratch scratch;
  REQUIRE(make_directories(scratch.path("gone/deep")));
  scratch.write("kept", "x");
  REQUIRE(::symlink("../kept", scratch.path("gone/link").c_str()) == 0);
  REQUIRE(remove_tree(scratch.path("gone")));
  REQUIRE(remove_tree(scratch.path("gone")));
  CHECK(scratch.read("kept") == "x");
}

TEST_CASE("tree: a temporary directory takes itself away, also after a move") {
  std::string path;
  {
    TemporaryDirectory one = TemporaryDirectory::create("/tmp", "deployctl-test-").value();
    path = one.path();
    const TemporaryDirectory two = std::move(one);
    CHECK(mode_of(path) == 0700);
    REQUIRE(atomic_write(path + "/x", "x"));
  }
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("environment: holds what getenv finds") {
  const Environment environment = read_environment();
  REQUIRE(environment.contains("PATH"));
  CHECK(environment.at("PATH") == ::getenv("PATH"));
}
