// Owners of libgit2's objects, and its errors as ours. For the files of this layer that call libgit2, nothing
// else.
#pragma once

#include <git2.h>

#include <memory>
#include <string>

#include <deployctl/result.hpp>

namespace deployctl::vcs {

template <auto Free>
struct GitFree {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using GitRepository = std::unique_ptr<git_repository, GitFree<git_repository_free>>;
using GitObject = std::unique_ptr<git_object, GitFree<git_object_free>>;
using GitReference = std::unique_ptr<git_reference, GitFree<git_reference_free>>;
using GitCommit = std::unique_ptr<git_commit, GitFree<git_commit_free>>;
using GitTree = std::unique_ptr<git_tree, GitFree<git_tree_free>>;
using GitBlob = std::unique_ptr<git_blob, GitFree<git_blob_free>>;
using GitWalk = std::unique_ptr<git_revwalk, GitFree<git_revwalk_free>>;
using GitStatusList = std::unique_ptr<git_status_list, GitFree<git_status_list_free>>;
using GitIndex = std::unique_ptr<git_index, GitFree<git_index_free>>;
using GitDescribe = std::unique_ptr<git_describe_result, GitFree<git_describe_result_free>>;

// libgit2 hands out objects through a T**.
template <class Owner>
class Receive {
public:
  explicit Receive(Owner& owner) : owner_(owner) {}
  ~Receive() { owner_.reset(raw_); }
  Receive(const Receive&) = delete;
  Receive& operator=(const Receive&) = delete;
  operator typename Owner::element_type **() { return &raw_; }

private:
  Owner& owner_;
  typename Owner::element_type* raw_ = nullptr;
};

// A text buffer that libgit2 fills.
class GitText {
public:
  GitText() = default;
  ~GitText() { git_buf_dispose(&buffer_); }
  GitText(const GitText&) = delete;
  GitText& operator=(const GitText&) = delete;
  git_buf* out() { return &buffer_; }
  [[nodiscard]] std::string text() const { return {buffer_.ptr, buffer_.size}; }

private:
  git_buf buffer_{};
};

// Keeps the library initialised; it counts its users.
class GitLibrary {
public:
  GitLibrary();
  ~GitLibrary() { git_libgit2_shutdown(); }
  GitLibrary(const GitLibrary&) = delete;
  GitLibrary& operator=(const GitLibrary&) = delete;
};

// What libgit2 said last, as an error: not_found for missing objects, permission for unreadable files, else
// config.
tl::unexpected<Error> git_failure(int code, const std::string& doing);

std::string to_text(const git_oid& id);
Result<git_oid> to_oid(const std::string& hex);

} // namespace deployctl::vcs
