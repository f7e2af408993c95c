#include "state/local_state.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/strings.hpp"
#include "base/system_clock.hpp"
#include "base/ulid.hpp"
#include "os/file_lock.hpp"
#include "os/file_system.hpp"
#include "os/files.hpp"

namespace deployctl::state {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view folder_name = "/.deployctl";
constexpr std::string_view journal_suffix = ".journal";
constexpr std::size_t key_bytes = 32;

// One part of a stack's name: also the name of a folder.
bool is_name(std::string_view text) {
  return !text.empty() && text.front() != '.' && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

bool is_stack_name(std::string_view name) {
  const auto parts = split(name, '/');
  return parts.size() == 2 && std::all_of(parts.begin(), parts.end(), is_name);
}

Result<std::vector<std::string>> entries_of(const std::string& directory) {
  std::error_code error;
  std::vector<std::string> names;
  fs::directory_iterator at(directory, error);
  if (error == std::errc::no_such_file_or_directory) return names;
  for (; !error && at != fs::directory_iterator(); at.increment(error))
    names.push_back(at->path().filename().string());
  if (error) return fail(os::system_error("cannot list", directory, error.value()));
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> stored_key(const std::string& path) {
  DEPLOYCTL_TRY(std::string bytes, os::read_file(path, key_bytes));
  if (bytes.size() != key_bytes)
    return fail(Cause::config,
                fmt::format("'{}' holds {} bytes but a key has {}", path, bytes.size(), key_bytes));
  return bytes;
}

} // namespace

StackState::StackState(std::string directory, std::string name, Random& random)
    : directory_(std::move(directory)), name_(std::move(name)), random_(&random) {}

CellFile StackState::cell() const {
  return {directory_, name_, *random_};
}

std::string StackState::new_token() const {
  return random_hex(*random_, 8);
}

Result<Secret> StackState::key() const {
  const std::string path = directory_ + "/key";
  const auto as_secret = [](const std::string& bytes) {
    return Secret::reference("stack key").resolved_with(bytes);
  };
  auto found = stored_key(path);
  if (found || found.error().cause != Cause::not_found) return found.map(as_secret);

  const SystemClock clock;
  DEPLOYCTL_TRY(const auto lock,
                os::FileLock::acquire(directory_ + "/cell.lock", clock, Milliseconds(10'000)));
  if (!lock) return fail(Cause::conflict, fmt::format("'{}' is being written by someone else", path));
  // Another process may have been first.
  found = stored_key(path);
  if (found || found.error().cause != Cause::not_found) return found.map(as_secret);
  std::array<std::byte, key_bytes> bytes{};
  random_->fill(bytes);
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  DEPLOYCTL_CHECK(os::atomic_write(path, text, 0600));
  return as_secret(text);
}

Result<LocalState> LocalState::open(const std::string& pipeline_directory, Random& random) {
  LocalState state(pipeline_directory + std::string(folder_name), random);
  DEPLOYCTL_CHECK(os::make_directories(state.directory_, 0700));
  for (const char* folder : {"/runs", "/stacks", "/blobs"})
    DEPLOYCTL_CHECK(os::make_directories(state.directory_ + folder, 0700));
  std::error_code error;
  if (!fs::exists(state.directory_ + "/.gitignore", error))
    DEPLOYCTL_CHECK(os::atomic_write(state.directory_ + "/.gitignore", "*\n"));
  DEPLOYCTL_CHECK(os::sync_directory(pipeline_directory));
  return state;
}

Result<LocalState> LocalState::find(const std::string& pipeline_directory, Random& random) {
  LocalState state(pipeline_directory + std::string(folder_name), random);
  std::error_code error;
  if (!fs::is_directory(state.directory_, error))
    return fail(Cause::not_found,
                fmt::format("nothing was deployed from here yet: '{}' does not exist", state.directory_));
  return state;
}

std::vector<std::string> LocalState::warnings() const {
  const auto disk = os::file_system_of(directory_);
  if (!disk) return {disk.error().message};
  std::vector<std::string> out;
  if (!disk->survives_reboot)
    out.push_back(
        fmt::format("'{}' is on {}: releases and journals are lost with it", directory_, disk->name));
  if (!disk->local)
    out.push_back(
        fmt::format("'{}' is on {}: locks may not hold against other machines", directory_, disk->name));
  return out;
}

Result<StackState> LocalState::stack(const std::string& name) const {
  if (!is_stack_name(name))
    return fail(Cause::config, fmt::format("'{}' is not a stack's name (project/environment)", name));
  const std::string directory = directory_ + "/stacks/" + name;
  DEPLOYCTL_CHECK(os::make_directories(directory, 0700));
  return StackState(directory, name, *random_);
}

Result<std::vector<StackState>> LocalState::stacks() const {
  std::vector<StackState> out;
  const std::string root = directory_ + "/stacks";
  DEPLOYCTL_TRY(const std::vector<std::string> projects, entries_of(root));
  for (const std::string& project : projects) {
    DEPLOYCTL_TRY(const std::vector<std::string> environments,
                  entries_of(fmt::format("{}/{}", root, project)));
    for (const std::string& environment : environments) {
      const std::string name = fmt::format("{}/{}", project, environment);
      if (is_stack_name(name)) out.emplace_back(fmt::format("{}/{}", root, name), name, *random_);
    }
  }
  return out;
}

std::string LocalState::journal_path(const std::string& run) const {
  return directory_ + "/runs/" + run + std::string(journal_suffix);
}

Result<std::vector<std::string>> LocalState::journals() const {
  DEPLOYCTL_TRY(const std::vector<std::string> names, entries_of(directory_ + "/runs"));
  std::vector<std::string> runs;
  for (const std::string& name : names) {
    if (!name.ends_with(journal_suffix)) continue;
    const std::string run = name.substr(0, name.size() - journal_suffix.size());
    if (is_ulid(run)) runs.push_back(run); // names sort by time
  }
  return runs;
}

} // namespace deployctl::state
