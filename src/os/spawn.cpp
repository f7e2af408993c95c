#include "os/spawn.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "os/files.hpp"
#include "os/long_text.hpp"

namespace deployctl::os {
namespace {

constexpr std::string_view default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool is_executable_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

// posix_spawnp would search the PATH of this process, not the child's.
Result<std::string> find_command(const ChildRequest& request) {
  const std::string& name = request.argv.front();
  if (name.find('/') != std::string::npos) return name;
  const std::string search = request.environment.find("PATH").value_or(std::string(default_path));
  for (const std::string_view directory : split(search, ':')) {
    // An empty or relative entry means "here", which is how a checkout replaces a system command.
    if (!directory.starts_with('/')) continue;
    std::string path = std::string(directory) + "/" + name;
    if (is_executable_file(path)) return path;
  }
  return fail(Cause::not_found, fmt::format("the command '{}' was not found", name),
              fmt::format("PATH is {}", search));
}

class FileActions {
public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;

  int prepare(const ChildRequest& request, const SpawnStreams& streams) {
    int code = posix_spawn_file_actions_adddup2(&actions_, streams.in, STDIN_FILENO);
    if (code == 0) code = posix_spawn_file_actions_adddup2(&actions_, streams.out, STDOUT_FILENO);
    if (code == 0) code = posix_spawn_file_actions_adddup2(&actions_, streams.err, STDERR_FILENO);
    const bool has_text = streams.text >= 0;
    if (code == 0 && has_text)
      code = posix_spawn_file_actions_adddup2(&actions_, streams.text, text_descriptor);
    // Libraries of this process may have opened descriptors without O_CLOEXEC.
    const int first_unwanted = has_text ? text_descriptor + 1 : STDERR_FILENO + 1;
    if (code == 0) code = posix_spawn_file_actions_addclosefrom_np(&actions_, first_unwanted);
    if (code == 0) code = posix_spawn_file_actions_addchdir_np(&actions_, request.directory.c_str());
    return code;
  }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
  posix_spawn_file_actions_t actions_{};
};

class Attributes {
public:
  Attributes() { posix_spawnattr_init(&attributes_); }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;

  int prepare() {
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    int code = posix_spawnattr_setpgroup(&attributes_, 0);
    if (code == 0) code = posix_spawnattr_setsigmask(&attributes_, &none);
    if (code == 0) code = posix_spawnattr_setsigdefault(&attributes_, &all);
    if (code == 0)
      code = posix_spawnattr_setflags(&attributes_,
                                      POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return code;
  }
  [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

private:
  posix_spawnattr_t attributes_{};
};

} // namespace

Result<Pipe> open_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(system_error("cannot open", "a pipe", errno));
  return Pipe{.read = Descriptor(ends[0]), .write = Descriptor(ends[1])};
}

Result<Descriptor> memory_file(std::string_view bytes) {
  Descriptor file(::memfd_create("input", MFD_CLOEXEC));
  if (!file.is_open()) return fail(system_error("cannot open", "a file in memory", errno));
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return fail(system_error("cannot write", "a file in memory", errno));
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::lseek(file.get(), 0, SEEK_SET) != 0)
    return fail(system_error("cannot rewind", "a file in memory", errno));
  return file;
}

Result<pid_t> spawn(const ChildRequest& request, const SpawnStreams& given) {
  if (request.argv.empty()) return fail(Cause::internal, "a process without argv");
  // posix_spawn cannot tell a missing directory from a missing command.
  if (::access(request.directory.c_str(), X_OK) != 0)
    return fail(system_error("cannot work in", request.directory, errno));
  DEPLOYCTL_TRY(const std::string path, find_command(request));
  DEPLOYCTL_TRY(const std::optional<ShellFile> file, as_shell_file(request.argv));
  SpawnStreams streams = given;
  if (file) streams.text = file->text.get();
  std::vector<std::string> arguments = file ? file->argv : request.argv;
  std::vector<char*> argv;
  for (std::string& argument : arguments) {
    if (argument.find('\0') != std::string::npos)
      return fail(Cause::config, fmt::format("an argument of '{}' holds a zero byte", request.argv.front()));
    argv.push_back(argument.data());
  }
  argv.push_back(nullptr);
  std::vector<char*> environment = request.environment.pointers();
  FileActions actions;
  Attributes attributes;
  pid_t child = 0;
  int code = actions.prepare(request, streams);
  if (code == 0) code = attributes.prepare();
  if (code == 0)
    code =
        ::posix_spawn(&child, path.c_str(), actions.get(), attributes.get(), argv.data(), environment.data());
  if (code != 0) return fail(system_error("cannot run", request.argv.front(), code));
  return child;
}

} // namespace deployctl::os
