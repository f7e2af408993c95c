#include "vcs/git_store.hpp"

#include "base/time.hpp"

namespace deployctl::vcs {
namespace {

Result<CommitLine> line_of(git_commit* commit) {
  CommitLine line{.sha = to_text(*git_commit_id(commit))};
  if (const git_signature* author = git_commit_author(commit))
    line.author = std::string(author->name) + " <" + author->email + ">";
  if (const char* title = git_commit_summary(commit)) line.title = title;
  line.time = format_time(WallTime(std::chrono::seconds(git_commit_time(commit))));
  return line;
}

struct TagVisit {
  git_repository* repository;
  std::vector<NamedTag>* tags;
};

int add_tag(const char* name, git_oid* id, void* payload) {
  const auto* visit = static_cast<const TagVisit*>(payload);
  GitObject object;
  GitObject commit;
  if (git_object_lookup(Receive(object), visit->repository, id, GIT_OBJECT_ANY) != 0) return 0;
  // A tag of a tree or blob is no release.
  if (git_object_peel(Receive(commit), object.get(), GIT_OBJECT_COMMIT) != 0) return 0;
  constexpr std::string_view prefix = "refs/tags/";
  visit->tags->push_back({std::string(name).substr(prefix.size()), to_text(*git_object_id(commit.get()))});
  return 0;
}

} // namespace

GitStore::GitStore(GitRepository repository, std::string root)
    : repository_(std::move(repository)), root_(std::move(root)) {}

Result<std::unique_ptr<GitStore>> GitStore::open(const std::string& path) {
  const GitLibrary library;
  GitRepository repository;
  const int code = git_repository_open_ext(Receive(repository), path.c_str(), 0, nullptr);
  if (code == GIT_ENOTFOUND) return std::unique_ptr<GitStore>();
  if (code != 0) return git_failure(code, "cannot open the repository of '" + path + "'");
  const char* root = git_repository_workdir(repository.get());
  if (!root) return std::unique_ptr<GitStore>();
  std::string text(root);
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return std::unique_ptr<GitStore>(new GitStore(std::move(repository), std::move(text)));
}

Result<std::string> GitStore::head_commit() const {
  git_oid id{};
  const int code = git_reference_name_to_id(&id, repository_.get(), "HEAD");
  if (code == GIT_ENOTFOUND) return std::string();
  if (code != 0) return git_failure(code, "cannot read HEAD");
  return to_text(id);
}

Result<std::string> GitStore::branch() const {
  GitReference head;
  if (const int code = git_reference_lookup(Receive(head), repository_.get(), "HEAD"); code != 0)
    return git_failure(code, "cannot read HEAD");
  if (git_reference_type(head.get()) != GIT_REFERENCE_SYMBOLIC) return std::string();
  constexpr std::string_view prefix = "refs/heads/";
  const std::string target = git_reference_symbolic_target(head.get());
  return target.substr(0, prefix.size()) == prefix ? target.substr(prefix.size()) : target;
}

bool GitStore::shallow() const {
  return git_repository_is_shallow(repository_.get()) == 1;
}

Result<GitCommit> GitStore::commit(const std::string& sha) const {
  DEPLOYCTL_TRY(const git_oid id, to_oid(sha));
  GitCommit commit;
  if (const int code = git_commit_lookup(Receive(commit), repository_.get(), &id); code != 0)
    return git_failure(code, "no commit " + sha);
  return commit;
}

Result<std::string> GitStore::shortened(const std::string& sha) const {
  DEPLOYCTL_TRY(const GitCommit found, commit(sha));
  GitText text;
  // `const` is missing in the library's interface only.
  auto* object = reinterpret_cast<git_object*>(found.get());
  if (const int code = git_object_short_id(text.out(), object); code != 0)
    return git_failure(code, "cannot shorten " + sha);
  return text.text();
}

Result<std::vector<NamedTag>> GitStore::tags() const {
  std::vector<NamedTag> tags;
  TagVisit visit{repository_.get(), &tags};
  if (const int code = git_tag_foreach(repository_.get(), add_tag, &visit); code != 0)
    return git_failure(code, "cannot list tags");
  return tags;
}

Result<std::string> GitStore::describe(const std::string& sha) const {
  DEPLOYCTL_TRY(const GitCommit found, commit(sha));
  git_describe_options options = GIT_DESCRIBE_OPTIONS_INIT;
  options.describe_strategy = GIT_DESCRIBE_TAGS;
  options.show_commit_oid_as_fallback = 1;
  GitDescribe result;
  auto* object = reinterpret_cast<git_object*>(found.get());
  if (const int code = git_describe_commit(Receive(result), object, &options); code != 0)
    return git_failure(code, "cannot describe " + sha);
  GitText text;
  if (const int code = git_describe_format(text.out(), result.get(), nullptr); code != 0)
    return git_failure(code, "cannot describe " + sha);
  return text.text();
}

Result<std::string> GitStore::resolve(std::string_view revision) const {
  const std::string text(revision);
  GitObject object;
  if (const int code = git_revparse_single(Receive(object), repository_.get(), text.c_str()); code != 0)
    return git_failure(code, "no revision '" + text + "'");
  GitObject commit;
  if (const int code = git_object_peel(Receive(commit), object.get(), GIT_OBJECT_COMMIT); code != 0)
    return git_failure(code, "'" + text + "' is not a commit");
  return to_text(*git_object_id(commit.get()));
}

Result<bool> GitStore::is_ancestor(const std::string& ancestor, const std::string& descendant) const {
  DEPLOYCTL_TRY(const git_oid older, to_oid(ancestor));
  DEPLOYCTL_TRY(const git_oid newer, to_oid(descendant));
  // git calls a commit its own ancestor; libgit2 does not.
  if (git_oid_equal(&older, &newer) != 0) return true;
  const int code = git_graph_descendant_of(repository_.get(), &newer, &older);
  if (code < 0) return git_failure(code, "cannot compare " + ancestor + " and " + descendant);
  return code == 1;
}

Result<CommitRange> GitStore::walk(const std::string& older, const std::string& newer, int limit) const {
  DEPLOYCTL_TRY(const git_oid tip, to_oid(newer));
  GitWalk walk;
  if (const int code = git_revwalk_new(Receive(walk), repository_.get()); code != 0)
    return git_failure(code, "cannot walk the history");
  git_revwalk_sorting(walk.get(), GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
  if (const int code = git_revwalk_push(walk.get(), &tip); code != 0)
    return git_failure(code, "no commit " + newer);
  if (!older.empty()) {
    DEPLOYCTL_TRY(const git_oid base, to_oid(older));
    if (const int code = git_revwalk_hide(walk.get(), &base); code != 0)
      return git_failure(code, "no commit " + older);
  }
  CommitRange range;
  git_oid id{};
  int code = 0;
  while ((code = git_revwalk_next(&id, walk.get())) == 0) {
    if (++range.total > limit) continue;
    DEPLOYCTL_TRY(const GitCommit found, commit(to_text(id)));
    DEPLOYCTL_TRY(CommitLine line, line_of(found.get()));
    range.commits.push_back(std::move(line));
  }
  if (code != GIT_ITEROVER) return git_failure(code, "cannot walk the history of " + newer);
  return range;
}

Result<CommitLine> GitStore::line(const std::string& sha) const {
  DEPLOYCTL_TRY(const GitCommit found, commit(sha));
  return line_of(found.get());
}

} // namespace deployctl::vcs
