#include "vcs/git_handles.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace deployctl::vcs {
namespace {

struct CauseOfCode {
  int code;
  Cause cause;
};

constexpr std::array<CauseOfCode, 5> causes = {{
    {GIT_ENOTFOUND, Cause::not_found},
    {GIT_EAMBIGUOUS, Cause::config},
    {GIT_EINVALIDSPEC, Cause::config},
    {GIT_EUNBORNBRANCH, Cause::not_found},
    {GIT_EOWNER, Cause::permission},
}};

// Not a failure of the library but of open(2) and friends, which it reports as GIT_ERROR_OS.
bool is_denied(const git_error* error) {
  return error && error->klass == GIT_ERROR_OS &&
         std::string_view(error->message).find("ermission denied") != std::string_view::npos;
}

} // namespace

GitLibrary::GitLibrary() {
  git_libgit2_init();
  // The owner check protects from programs named in a repository's configuration. libgit2 runs none of them,
  // and in containers the check only refuses checkouts made by another user.
  git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  // `git sparse-checkout` sets this extension; nothing read here depends on it.
  const char* extensions[] = {"worktreeconfig"};
  git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, std::size(extensions));
}

tl::unexpected<Error> git_failure(int code, const std::string& doing) {
  const git_error* last = git_error_last();
  Error error{.cause = Cause::config, .message = "git: " + doing};
  const auto* found =
      std::find_if(causes.begin(), causes.end(), [&](const CauseOfCode& c) { return c.code == code; });
  if (found != causes.end()) error.cause = found->cause;
  if (is_denied(last)) error.cause = Cause::permission;
  if (last && last->message) error.message += std::string(": ") + last->message;
  return fail(std::move(error));
}

std::string to_text(const git_oid& id) {
  std::array<char, GIT_OID_HEXSZ> hex{};
  git_oid_fmt(hex.data(), &id);
  return {hex.data(), hex.size()};
}

Result<git_oid> to_oid(const std::string& hex) {
  git_oid id{};
  if (hex.size() != GIT_OID_HEXSZ || git_oid_fromstr(&id, hex.c_str()) != 0)
    return fail(Cause::config, "'" + hex + "' is not a commit's name of 40 hex digits");
  return id;
}

} // namespace deployctl::vcs
