#include "engine/approval_store.hpp"

#include <fmt/core.h>

#include "base/pattern.hpp"
#include "os/file_lock.hpp"
#include "os/files.hpp"

namespace deployctl::engine {

namespace {

constexpr std::size_t largest_file = 1U << 20;
constexpr Milliseconds lock_limit{10'000};

Result<std::vector<policy::SignedStatement>> read_file(const std::string& path) {
  DEPLOYCTL_TRY(const std::string text, approvals_text(path));
  return policy::read_approvals(text).map_error(
      [&](Error error) { return std::move(error).in(fmt::format("while reading '{}'", path)); });
}

// A digest names a file: it must be nothing but a digest.
Result<std::string> path_of(const std::string& directory, const std::string& digest) {
  static const auto hex = Pattern::compile("[0-9a-f]{64}");
  if (!hex->matches(digest)) return fail(Cause::config, fmt::format("'{}' is no digest of a plan", digest));
  return directory + "/approvals/" + digest + ".json";
}

} // namespace

Result<std::string> approvals_text(const std::string& file) {
  auto text = os::read_file(file, largest_file);
  if (!text && text.error().cause == Cause::not_found) return std::string();
  return text;
}

Result<std::vector<policy::SignedStatement>> kept_approvals(const std::string& directory,
                                                            const std::string& digest) {
  DEPLOYCTL_TRY(const std::string path, path_of(directory, digest));
  return read_file(path);
}

Status keep_approval(const std::string& directory, const Clock& clock,
                     const policy::SignedStatement& approval) {
  DEPLOYCTL_TRY(const std::string path, path_of(directory, approval.statement.subject.digest));
  DEPLOYCTL_CHECK(os::make_directories(directory + "/approvals", 0700));
  DEPLOYCTL_TRY(const auto lock, os::FileLock::acquire(directory + "/approvals/lock", clock, lock_limit));
  if (!lock) return fail(Cause::conflict, fmt::format("'{}' is being written by someone else", path));
  return add_approval(path, approval);
}

Status add_approval(const std::string& file, const policy::SignedStatement& approval) {
  DEPLOYCTL_TRY(auto approvals, read_file(file));
  approvals.push_back(approval);
  return os::atomic_write(file, policy::write_approvals(approvals), 0600);
}

} // namespace deployctl::engine
