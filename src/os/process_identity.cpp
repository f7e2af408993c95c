#include "os/process_identity.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <optional>
#include <vector>

#include <pwd.h>
#include <unistd.h>

#include "base/strings.hpp"
#include "os/files.hpp"

namespace deployctl::os {
namespace {

Result<std::string> read_boot_id() {
  DEPLOYCTL_TRY(const std::string text, read_file("/proc/sys/kernel/random/boot_id", 256));
  return std::string(trim(text));
}

struct Vitals {
  bool ended = false; // a zombie: only its exit code is left
  std::uint64_t start_time = 0;
};

// Fields are counted behind the command's closing parenthesis: the command may hold spaces and parentheses
// itself.
Result<Vitals> read_vitals(std::int64_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  DEPLOYCTL_TRY(const std::string text, read_file(path, 8192));
  const std::size_t command_end = text.rfind(')');
  if (command_end == std::string::npos) return fail(Cause::internal, "'" + path + "' has no command");
  const auto fields = split(trim(std::string_view(text).substr(command_end + 1)), ' ');
  constexpr std::size_t start_time = 22 - 3; // the first field behind the command is number 3, the state
  if (fields.size() <= start_time) return fail(Cause::internal, "'" + path + "' has no start time");
  Vitals vitals{.ended = fields[0] == "Z" || fields[0] == "X"};
  const std::string_view ticks = fields[start_time];
  if (std::from_chars(ticks.data(), ticks.data() + ticks.size(), vitals.start_time).ec != std::errc())
    return fail(Cause::internal, "'" + path + "' has no start time");
  return vitals;
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string("unknown");
}

std::string user_name() {
  const uid_t user = ::geteuid();
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16384);
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found) return entry.pw_name;
  return std::to_string(user);
}

} // namespace

Result<ProcessIdentity> this_process() {
  ProcessIdentity identity{.pid = ::getpid(), .host = host_name(), .user = user_name()};
  DEPLOYCTL_TRY(const Vitals vitals, read_vitals(identity.pid));
  identity.start_time = vitals.start_time;
  DEPLOYCTL_TRY(identity.boot_id, read_boot_id());
  return identity;
}

Life life_of(const ProcessIdentity& identity) {
  if (identity.host != host_name() || identity.pid <= 0) return Life::unknown;
  const Result<std::string> boot = read_boot_id();
  if (!boot) return Life::unknown;
  if (*boot != identity.boot_id) return Life::dead;
  if (::kill(static_cast<pid_t>(identity.pid), 0) != 0 && errno == ESRCH) return Life::dead;
  const Result<Vitals> vitals = read_vitals(identity.pid);
  if (!vitals) return vitals.error().cause == Cause::not_found ? Life::dead : Life::unknown;
  return !vitals->ended && vitals->start_time == identity.start_time ? Life::alive : Life::dead;
}

} // namespace deployctl::os
