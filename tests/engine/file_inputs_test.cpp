#include "engine/file_inputs.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "base/members.hpp"
#include "os/tree.hpp"

using namespace deployctl;
using namespace deployctl::engine;

namespace {

struct Folder {
  os::TemporaryDirectory directory =
      *os::TemporaryDirectory::create(std::filesystem::temp_directory_path(), "inputs-");
  std::string root = directory.path() + "/project";

  Folder() {
    std::filesystem::create_directories(root + "/dist/bin");
    write("dist/bin/app", "one");
    write("app.conf", "two");
    std::filesystem::permissions(root + "/dist/bin/app", std::filesystem::perms(0755));
    std::filesystem::permissions(root + "/app.conf", std::filesystem::perms(0640));
    std::filesystem::create_symlink("bin/app", root + "/dist/run");
  }
  void write(const std::string& path, const std::string& text) const {
    std::ofstream(root + "/" + path) << text;
  }
};

std::vector<Field> table() {
  Field mounts{.name = "mounts", .type = FieldType::list};
  mounts.element = {Field{
      .name = "mounts", .type = FieldType::object, .fields = {{.name = "from", .type = FieldType::file}}}};
  return {{.name = "source", .type = FieldType::tree}, {.name = "config", .type = FieldType::file}, mounts};
}

constexpr const char* sha_one = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
constexpr const char* sha_two = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3";

} // namespace

TEST_CASE("file inputs: a file becomes digest, size and mode, a tree its entries") {
  const Folder folder;
  const LocalFiles files(folder.root);
  const Value inputs = Value::Map{{"source", "dist"}, {"config", "app.conf"}};
  const auto shaped = ingest_files(table(), inputs, files);
  REQUIRE(shaped);
  CHECK(*shaped->find("config") ==
        Value(Value::Map{{"path", "app.conf"}, {"sha256", sha_two}, {"size", 3}, {"mode", 0640}}));
  const Value* entries = shaped->find_path("source.entries");
  REQUIRE(entries);
  CHECK(entries->map()->size() == 2);
  CHECK(*entries->find("bin/app") == Value(Value::Map{{"sha256", sha_one}, {"size", 3}, {"mode", 0755}}));
  CHECK(*entries->find("run") == Value(Value::Map{{"link", "bin/app"}}));
  CHECK(*ingest_files(table(), *shaped, files) == *shaped);
}

TEST_CASE("file inputs: for a check of the language files are looked at and not read") {
  const Folder folder;
  folder.write("dist/vast", "");
  std::filesystem::resize_file(folder.root + "/dist/vast",
                               std::uintmax_t{1} << 42U); // sparse: reading takes hours
  const LocalFiles files(folder.root, LocalFiles::Look::presence);
  const auto tree = files.tree("dist");
  REQUIRE(tree);
  CHECK(*tree->find_path("entries.vast.size") == Value(std::int64_t{1} << 42U));
  CHECK(tree->find("entries")->find("vast")->find("sha256")->is<Unknown>());
  CHECK(tree->find("sha256")->is<Unknown>());
  CHECK(files.file("app.conf")->find("sha256")->is<Unknown>());
  CHECK(files.file("dist").error().cause == LocalFiles(folder.root).file("dist").error().cause);
}

TEST_CASE("file inputs: a tree's digest is that of names, contents, modes and links") {
  const Folder folder;
  const auto digest = [&] { return *LocalFiles(folder.root).tree("dist")->find("sha256"); };
  const Value before = digest();
  CHECK(digest() == before);
  std::filesystem::permissions(folder.root + "/dist/bin/app", std::filesystem::perms(0700));
  const Value other_mode = digest();
  CHECK(other_mode != before);
  folder.write("dist/bin/app", "three");
  CHECK(digest() != other_mode);
}

TEST_CASE("file inputs: the state and a repository's own files are never part of a tree") {
  const Folder folder;
  std::filesystem::create_directories(folder.root + "/.deployctl/stacks");
  std::filesystem::create_directories(folder.root + "/dist/.git");
  folder.write(".deployctl/key", "secret");
  folder.write("dist/.git/HEAD", "ref");
  folder.write("dist/.gitignore", "*");
  const auto tree = LocalFiles(folder.root).tree(".");
  REQUIRE(tree);
  CHECK(keys_at(*tree, "entries") ==
        std::vector<std::string>{"app.conf", "dist/.gitignore", "dist/bin/app", "dist/run"});
}

TEST_CASE("file inputs: one that leaves the folder or is not there is an error with the field's name") {
  const Folder folder;
  std::ofstream(folder.directory.path() + "/outside") << "x";
  std::filesystem::create_symlink("../outside", folder.root + "/leak");
  const LocalFiles files(folder.root);
  const auto outside = ingest_files(table(), Value::Map{{"config", "leak"}}, files);
  REQUIRE_FALSE(outside);
  CHECK(outside.error().frames == std::vector<std::string>{"while reading the input 'config'"});
  CHECK(files.file("nothing").error().cause == Cause::not_found);
  CHECK_FALSE(files.exists("nothing"));
  CHECK(files.exists("dist"));
}

TEST_CASE("file inputs: every digest leads back to a local path, nested fields too") {
  const Folder folder;
  const LocalFiles files(folder.root);
  const Value inputs =
      Value::Map{{"source", "dist"}, {"mounts", Value::List{Value::Map{{"from", "app.conf"}}}}};
  const auto shaped = ingest_files(table(), inputs, files);
  REQUIRE(shaped);
  FileSources sources;
  collect_sources(table(), *shaped, folder.root, sources);
  CHECK(sources ==
        FileSources{{sha_one, folder.root + "/dist/bin/app"}, {sha_two, folder.root + "/app.conf"}});
}
