#include "vcs/repository.hpp"

#include "git_folder.hpp"

using namespace deployctl;
using deployctl::test::GitFolder;
using deployctl::vcs::Kinship;
using deployctl::vcs::Repository;

namespace {

Repository open(const std::string& path) {
  auto found = Repository::discover(path);
  REQUIRE(found);
  REQUIRE(found->has_value());
  return std::move(**found);
}

} // namespace

TEST_CASE("vcs: commits are ancestors, descendants, or have diverged") {
  const GitFolder git;
  const std::string first = git.commit("one");
  const std::string second = git.commit("two");
  git.git("checkout -q -b side " + first);
  const std::string side = git.commit("three");
  const Repository repository = open(git.root());
  CHECK(repository.kinship(second, second).value() == Kinship::same);
  CHECK(repository.kinship(second, first).value() == Kinship::descendant);
  CHECK(repository.kinship(first, second).value() == Kinship::ancestor);
  CHECK(repository.kinship(side, second).value() == Kinship::diverged);
  CHECK(repository.kinship(second, std::string(40, 'd')).value() == Kinship::unknown);
}

TEST_CASE("vcs: in a shallow clone what its history holds is known, and the rest is unknown") {
  const GitFolder git;
  const std::string first = git.commit("one");
  const std::string second = git.commit("two");
  const std::string third = git.commit("three");
  git.git("clone -q --depth 2 file://" + git.root() + " shallow", ".");
  const Repository repository = open(git.base() + "/shallow");
  CHECK(repository.kinship(third, second).value() == Kinship::descendant);
  CHECK(repository.kinship(second, third).value() == Kinship::ancestor);
  CHECK(repository.kinship(third, first).value() == Kinship::unknown);
}

TEST_CASE("vcs: a file as a commit has it, whatever the work tree says") {
  const GitFolder git;
  const std::string first = git.commit("one", "apps/signers", "lead key-1\n");
  git.commit("two", "apps/signers", "lead key-2\n");
  git.write("apps/signers", "eve key-3\n");
  const Repository repository = open(git.root());
  CHECK(repository.file_at(first, "apps/signers").value() == "lead key-1\n");
  CHECK(repository.file_at("HEAD", "apps/signers").value() == "lead key-2\n");
  CHECK(repository.file_at("HEAD", "apps/nothing").error().cause == Cause::not_found);
  CHECK(repository.file_at("HEAD", "apps").error().cause == Cause::not_found);
}

TEST_CASE("vcs: a commit's author and who would commit here") {
  const GitFolder git;
  git.commit("one");
  git.git("config user.email me@example.com");
  const Repository repository = open(git.root());
  CHECK(repository.commit("HEAD")->author == "Ann <ann@example.com>");
  CHECK(repository.user_email() == "me@example.com");
}
