#include "cli/checkout.hpp"

#include <filesystem>
#include <utility>

#include <sys/stat.h>

#include "base/ulid.hpp"
#include "os/files.hpp"
#include "vcs/repository.hpp"

namespace deployctl::cli {
namespace {

namespace fs = std::filesystem;

Result<std::string> private_folder(const Invocation& invocation) {
  const std::string path = os::temporary_parent(invocation.environment) + "/deployctl-" +
                           UlidSource(invocation.clock, invocation.random).next();
  if (::mkdir(path.c_str(), 0700) != 0) return fail(os::system_error("cannot create", path, errno));
  return path;
}

Result<vcs::Repository> repository_of(const Project& project) {
  DEPLOYCTL_TRY(auto repository, vcs::Repository::discover(project.directory));
  if (!repository) return fail(Cause::not_found, "'" + project.directory + "' is in no git repository");
  return *std::move(repository);
}

} // namespace

Result<std::optional<Checkout>> Checkout::at_tag(Invocation& invocation, const Project& project,
                                                 const std::string& name) {
  DEPLOYCTL_TRY(const auto repository, vcs::Repository::discover(project.directory));
  if (!repository) return std::nullopt;
  for (const std::string& tag : {name, "v" + name}) {
    const Result<std::string> commit = repository->resolve("refs/tags/" + tag);
    if (!commit && commit.error().cause != Cause::not_found) return fail(commit.error());
    if (!commit) continue;
    DEPLOYCTL_TRY(Checkout checkout, at(invocation, project, {.tag = tag, .commit = *commit}));
    return std::optional<Checkout>(std::move(checkout));
  }
  return std::nullopt;
}

Result<Checkout> Checkout::at(Invocation& invocation, const Project& project, const Revision& revision) {
  DEPLOYCTL_TRY(const vcs::Repository repository, repository_of(project));
  DEPLOYCTL_TRY(const std::string below, repository.below_root(project.directory));
  DEPLOYCTL_TRY(std::string folder, private_folder(invocation));
  Checkout checkout(std::move(folder), project.directory, revision);
  const fs::path tree = fs::path(checkout.folder_) / "tree";
  DEPLOYCTL_CHECK(repository.export_tree(revision.commit, tree.string()));
  const std::string file = fs::path(project.file).filename().string();
  const std::string name = revision.tag + ":" + (fs::path(below) / file).string();
  DEPLOYCTL_TRY(checkout.project_,
                read_project(invocation, name, (tree / below / file).string()).map_error([&](Error error) {
                  if (error.cause == Cause::not_found) error.message = "there is no file '" + name + "'";
                  return error;
                }));
  return checkout;
}

Checkout::Checkout(Checkout&& other) noexcept
    : folder_(std::exchange(other.folder_, {})), origin_(std::move(other.origin_)),
      revision_(std::move(other.revision_)), project_(std::move(other.project_)) {}

// What cannot be removed is left to whoever cleans the folder of temporary files.
Checkout::~Checkout() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

} // namespace deployctl::cli
