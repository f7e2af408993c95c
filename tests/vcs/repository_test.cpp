#include "vcs/repository.hpp"

#include <sys/stat.h>

#include "git_folder.hpp"

using namespace deployctl;
using deployctl::test::GitFolder;
using deployctl::vcs::Repository;

namespace {

Repository open(const std::string& path) {
  auto found = Repository::discover(path);
  INFO((found ? "" : found.error().message));
  REQUIRE(found);
  REQUIRE(found->has_value());
  return std::move(**found);
}

std::string text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

TEST_CASE("vcs: outside of a repository there is none, and that is no error") {
  const GitFolder git;
  const auto found = Repository::discover(git.base());
  REQUIRE(found);
  CHECK_FALSE(found->has_value());
}

TEST_CASE("vcs: a bare repository has no working tree and is none") {
  const GitFolder git;
  git.git("clone -q --bare repo bare", ".");
  const auto found = Repository::discover(git.base() + "/bare");
  REQUIRE(found);
  CHECK_FALSE(found->has_value());
}

TEST_CASE("vcs: a repository is found from a folder inside it") {
  const GitFolder git;
  git.commit("one", "apps/web/a");
  const Repository repository = open(git.path("apps/web"));
  CHECK(std::filesystem::equivalent(repository.root(), git.root()));
  CHECK(*repository.below_root(git.path("apps/web")) == "apps/web");
  CHECK(repository.below_root(git.root())->empty());
  CHECK(repository.below_root(git.base()).error().cause == Cause::not_found);
}

TEST_CASE("vcs: before the first commit HEAD is empty and the branch is known") {
  const GitFolder git;
  const auto head = open(git.root()).head();
  REQUIRE(head);
  CHECK(head->sha.empty());
  CHECK(head->branch == "main");
  CHECK(head->describe.empty());
  CHECK_FALSE(open(git.root()).work_tree()->dirty);
  git.write("new", "x");
  CHECK(open(git.root()).work_tree()->dirty);
  CHECK(open(git.root()).tree_hash({}));
}

TEST_CASE("vcs: HEAD as git itself tells it") {
  const GitFolder git;
  git.commit("one");
  git.git("tag v1.2.0");
  git.git("tag -m annotated v1.10.0");
  git.git("tag nightly");
  git.git("tag v1.10.0-rc.1");
  git.git("tag tree-tag HEAD^{tree}");
  auto head = open(git.root()).head();
  REQUIRE(head);
  CHECK(head->sha == git.git("rev-parse HEAD"));
  CHECK(head->short_sha == git.git("rev-parse --short HEAD"));
  CHECK(head->branch == "main");
  CHECK(head->tags == std::vector<std::string>{"v1.10.0", "v1.10.0-rc.1", "v1.2.0", "nightly"});
  CHECK(head->version_tag == "v1.10.0");
  CHECK(head->describe == git.git("describe --tags --always"));
  CHECK_FALSE(head->shallow);

  git.commit("two");
  git.git("checkout -q --detach");
  head = open(git.root()).head();
  REQUIRE(head);
  CHECK(head->branch.empty());
  CHECK(head->tags.empty());
  CHECK(head->version_tag.empty());
  CHECK(head->describe == git.git("describe --tags --always"));
}

TEST_CASE("vcs: without tags the description is the short name") {
  const GitFolder git;
  git.commit("one");
  CHECK(open(git.root()).head()->describe == git.git("describe --tags --always"));
}

TEST_CASE("vcs: a shallow clone says so, and names the commit it lacks") {
  const GitFolder git;
  const std::string first = git.commit("one");
  git.commit("two");
  git.git("clone -q --depth 1 file://" + git.root() + " shallow", ".");
  const Repository repository = open(git.base() + "/shallow");
  auto head = repository.head();
  REQUIRE(head);
  CHECK(head->shallow);
  CHECK(head->describe == git.git("describe --tags --always", "shallow"));
  git.git("tag v1", "shallow");
  CHECK(repository.head()->describe == git.git("describe --tags --always", "shallow"));
  CHECK_FALSE(repository.work_tree()->dirty);
  CHECK(repository.tree_hash({}));
  const auto range = repository.commits_between(first, "HEAD", 10);
  REQUIRE_FALSE(range);
  CHECK(range.error().cause == Cause::not_found);
  CHECK_THAT(range.error().message, Catch::Contains(first));
  CHECK_THAT(range.error().help, Catch::Contains("--unshallow"));
}

TEST_CASE("vcs: what makes a working tree dirty") {
  const GitFolder git;
  git.write(".gitignore", "ignored\n");
  git.commit("one", "file", "a\n");
  const auto state = [&] { return *open(git.root()).work_tree(); };
  REQUIRE_FALSE(state().dirty);
  CHECK(state().hash.empty());

  SECTION("ignored files and our own state do not") {
    git.write("ignored", "x");
    git.write(".deployctl/cell.json", "x");
    git.write("apps/.deployctl/cell.json", "x");
    CHECK_FALSE(state().dirty);
  }
  SECTION("a changed file does; changing it back mends it") {
    git.write("file", "b\n");
    CHECK(state().paths == std::vector<std::string>{"file"});
    git.write("file", "a\n");
    CHECK_FALSE(state().dirty);
  }
  SECTION("an untracked file does") {
    git.write("new/deep", "x");
    CHECK(state().paths == std::vector<std::string>{"new/deep"});
  }
  SECTION("an untracked file that does not count does not, a tracked one always does") {
    git.write("new/deep", "x");
    git.write("file", "b\n");
    std::vector<std::string> asked;
    const auto nothing = [&](const std::string& path) {
      asked.push_back(path);
      return false;
    };
    const Repository repository = open(git.root());
    CHECK(repository.work_tree(nothing)->paths == std::vector<std::string>{"file"});
    CHECK(asked == std::vector<std::string>{repository.root() + "/new/deep"});
    git.write("file", "a\n");
    const auto clean = repository.source_tree(nothing);
    REQUIRE(clean);
    CHECK_FALSE(clean->work_tree().dirty);
    std::filesystem::remove_all(git.path("new"));
    CHECK(*clean->hash({}) == *repository.tree_hash({}));
  }
  SECTION("a staged file, a staged removal and a removal do") {
    git.write("staged", "x");
    git.git("add staged");
    CHECK(state().paths == std::vector<std::string>{"staged"});
    git.git("rm -q --cached file");
    CHECK(state().paths == std::vector<std::string>{"file", "staged"});
    std::filesystem::remove(git.path("file"));
    CHECK(state().paths == std::vector<std::string>{"file", "staged"});
  }
  SECTION("the executable bit does") {
    ::chmod(git.path("file").c_str(), 0755);
    CHECK(state().dirty);
  }
  SECTION("the hash is of the content: equal states, equal hashes") {
    git.write("file", "b\n");
    const std::string one = state().hash;
    CHECK(one.size() == 8);
    git.write("file", "c\n");
    const std::string other = state().hash;
    CHECK(other != one);
    git.write("file", "b\n");
    CHECK(state().hash == one);
    git.git("add file");
    CHECK(state().hash == one);
  }
}

TEST_CASE("vcs: a sparse checkout is not dirty by what it leaves out") {
  const GitFolder git;
  git.commit("one", "in/a");
  git.commit("two", "out/b");
  git.git("sparse-checkout set in");
  REQUIRE_FALSE(std::filesystem::exists(git.path("out/b")));
  CHECK_FALSE(open(git.root()).work_tree()->dirty);
}

TEST_CASE("vcs: ancestors and the commits between two") {
  const GitFolder git;
  const std::string first = git.commit("one");
  git.git("tag v1");
  git.commit("two");
  const std::string third = git.commit("three: with details");
  git.git("checkout -q -b side v1");
  git.commit("aside", "other");
  const Repository repository = open(git.root());
  CHECK(*repository.is_ancestor(first, third));
  CHECK(*repository.is_ancestor(third, third));
  CHECK_FALSE(*repository.is_ancestor(third, first));
  CHECK_FALSE(*repository.is_ancestor("side", "main"));
  CHECK(*repository.resolve("main~1") == git.git("rev-parse main~1"));
  CHECK(repository.resolve("nothing").error().cause == Cause::not_found);

  const auto range = repository.commits_between("v1", "main", 10);
  REQUIRE(range);
  CHECK(range->total == 2);
  REQUIRE(range->commits.size() == 2);
  CHECK(range->commits[0].sha == third);
  CHECK(range->commits[0].title == "three: with details");
  CHECK(range->commits[0].author == "Ann <ann@example.com>");
  CHECK(range->commits[0].time.size() == 24);
  CHECK(range->commits[1].title == "two");

  const auto limited = repository.commits_between("", "main", 1);
  REQUIRE(limited);
  CHECK(limited->total == 3);
  CHECK(limited->commits.size() == 1);
  CHECK(repository.commits_between("main", "main", 5)->total == 0);
}

TEST_CASE("vcs: the tree hash of a working tree is the one it has once committed") {
  const GitFolder git;
  git.commit("one", "src/a.c");
  git.commit("two", "docs/x.md");
  const Repository repository = open(git.root());
  const std::string before = *repository.tree_hash({"src/**"});
  CHECK(before.size() == 64);

  git.write("docs/x.md", "other");
  CHECK(*repository.tree_hash({"src/**"}) == before);
  CHECK(*repository.tree_hash({"src"}) == before);

  const std::string whole = *repository.tree_hash({});
  git.write("src/b.c", "new");
  ::chmod(git.path("src/a.c").c_str(), 0755);
  std::filesystem::create_symlink("a.c", git.path("src/link"));
  const std::string dirty = *repository.tree_hash({"src/**"});
  CHECK(dirty != before);
  CHECK(*repository.tree_hash({}) != whole);
  git.git("add -A");
  CHECK(*repository.tree_hash({"src/**"}) == dirty);
  git.git("commit -q -m three");
  CHECK(*open(git.root()).tree_hash({"src/**"}) == dirty);

  git.git("clone -q . ../clone");
  CHECK(*open(git.base() + "/clone").tree_hash({"src/**"}) == dirty);
}

TEST_CASE("vcs: globs of a tree hash are relative to a folder, and each must match something") {
  const GitFolder git;
  git.commit("one", "apps/web/src/a");
  git.commit("two", "apps/web/README.md");
  git.commit("three", "src/a", "another");
  const Repository repository = open(git.root());
  const std::string web = *repository.tree_hash({"src/**"}, "apps/web");
  CHECK(web == *repository.tree_hash({"apps/web/src/**"}));
  CHECK(web != *repository.tree_hash({"src/**"}));
  const auto nothing = repository.tree_hash({"src/**", "srcc/**"}, "apps/web");
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().cause == Cause::config);
  CHECK_THAT(nothing.error().message, Catch::Contains("'apps/web/srcc/**'"));
}

TEST_CASE("vcs: a tag's tree is written with its modes and links, and the repository is left alone") {
  const GitFolder git;
  git.write("bin/run", "#!/bin/sh\n");
  ::chmod(git.path("bin/run").c_str(), 0755);
  std::filesystem::create_symlink("bin/run", git.path("run"));
  git.commit("one", "data", std::string("bytes\0here\r\n", 12));
  git.git("tag -m first v1");
  git.git("rm -q -r bin run data");
  git.commit("two", "other");

  const std::string out = git.base() + "/out/tree";
  const Repository repository = open(git.root());
  REQUIRE(repository.export_tree("v1", out));
  CHECK(text(out + "/data") == std::string("bytes\0here\r\n", 12));
  CHECK(std::filesystem::read_symlink(out + "/run") == "bin/run");
  struct stat facts {};
  REQUIRE(::stat((out + "/bin/run").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0755);
  REQUIRE(::stat((out + "/data").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777) == 0644);
  CHECK_FALSE(std::filesystem::exists(out + "/.git"));
  CHECK_FALSE(repository.work_tree()->dirty);
  CHECK(repository.export_tree("v1", out).error().cause == Cause::conflict);
  CHECK(repository.export_tree("v9", git.base() + "/none").error().cause == Cause::not_found);
  CHECK_FALSE(std::filesystem::exists(git.base() + "/none"));
}

TEST_CASE("vcs: a tree cannot be written outside of its directory") {
  const GitFolder git;
  git.write("payload", "x");
  const std::string blob = git.git("hash-object -w payload");
  // git refuses to make such a tree by name, so its bytes are written as they are.
  std::string bytes = std::string("100644 ..") + '\0';
  for (std::size_t i = 0; i < blob.size(); i += 2)
    bytes += static_cast<char>(std::stoi(blob.substr(i, 2), nullptr, 16));
  git.write("raw.tree", bytes);
  const std::string tree = git.git("hash-object -t tree -w --literally raw.tree");
  const std::string commit = git.git("commit-tree " + tree + " -m evil");
  const auto written = open(git.root()).export_tree(commit, git.base() + "/out");
  REQUIRE_FALSE(written);
  CHECK(written.error().cause == Cause::policy);
  CHECK_FALSE(std::filesystem::exists(git.base() + "/out"));
}

TEST_CASE("vcs: a linked working tree and a submodule are understood") {
  const GitFolder git;
  git.commit("one");
  git.git("worktree add -q ../linked -b feature");
  CHECK(open(git.base() + "/linked").head()->branch == "feature");

  git.git("-c protocol.file.allow=always submodule --quiet add file://" + git.root() + " sub");
  git.git("commit -q -m sub");
  const Repository repository = open(git.root());
  CHECK_FALSE(repository.work_tree()->dirty);
  CHECK(repository.tree_hash({}));
  REQUIRE(repository.export_tree("HEAD", git.base() + "/out"));
  CHECK(std::filesystem::is_empty(git.base() + "/out/sub"));
  git.git("-C sub -c user.name=a -c user.email=a commit -q --allow-empty -m more");
  CHECK(repository.work_tree()->dirty);
}

TEST_CASE("vcs: a damaged repository is an error, not an absence") {
  const GitFolder git;
  git.commit("one");
  git.write(".git/HEAD", "nonsense\n");
  const auto found = Repository::discover(git.root());
  if (found) {
    REQUIRE(found->has_value());
    CHECK((*found)->head().error().cause == Cause::config);
  } else {
    CHECK(found.error().cause == Cause::config);
  }
}
