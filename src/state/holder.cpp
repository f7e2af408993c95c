#include "state/holder.hpp"

#include <fmt/core.h>

#include "base/variables.hpp"
#include "state/fields.hpp"

namespace deployctl::state {
namespace {

const std::vector<std::string_view> kinds = {"run", "manual"}; // in the order of HolderKind

Value to_value(const os::ProcessIdentity& process) {
  return Value::Map{{"pid", process.pid},
                    {"start_time", std::to_string(process.start_time)},
                    {"boot_id", process.boot_id},
                    {"host", process.host},
                    {"user", process.user}};
}

Result<os::ProcessIdentity> process_from(const Value& value) {
  os::ProcessIdentity process;
  std::string start_time;
  Fields fields(value, "process of a lock's holder");
  fields.read("pid", process.pid).read("start_time", start_time).read("boot_id", process.boot_id);
  fields.read("host", process.host).read("user", process.user);
  DEPLOYCTL_CHECK(fields.finish());
  DEPLOYCTL_TRY(process.start_time, parse_unsigned(start_time, "process of a lock's holder: 'start_time'"));
  return process;
}

std::string ci_link(const std::map<std::string, std::string, std::less<>>& environment) {
  const std::string* server = find_variable(environment, "GITHUB_SERVER_URL");
  const std::string* repository = find_variable(environment, "GITHUB_REPOSITORY");
  const std::string* run = find_variable(environment, "GITHUB_RUN_ID");
  if (!server || !repository || !run) return {};
  return *server + "/" + *repository + "/actions/runs/" + *run;
}

} // namespace

Value to_value(const Holder& holder) {
  return Value::Map{{"kind", kinds.at(static_cast<std::size_t>(holder.kind))},
                    {"run", holder.run},
                    {"command", holder.command},
                    {"message", holder.message},
                    {"since", holder.since},
                    {"link", holder.link},
                    {"lease", std::int64_t{holder.lease.count()}},
                    {"process", to_value(holder.process)}};
}

Result<Holder> holder_from(const Value& value) {
  Holder holder;
  std::size_t kind = 0;
  std::int64_t lease = 0;
  Value process;
  Fields fields(value, "holder of a lock");
  fields.read("kind", kind, kinds)
      .read("run", holder.run)
      .read("command", holder.command)
      .read("message", holder.message);
  fields.read("since", holder.since).read("link", holder.link).read("lease", lease).read("process", process);
  DEPLOYCTL_CHECK(fields.finish());
  holder.kind = static_cast<HolderKind>(kind);
  holder.lease = Milliseconds(lease);
  DEPLOYCTL_TRY(holder.process, process_from(process));
  return holder;
}

std::string describe(const Holder& holder) {
  if (holder.since.empty()) return "another run"; // it has the lock and is about to say who it is
  const std::string who =
      fmt::format("{}@{} since {}", holder.process.user, holder.process.host, holder.since);
  if (holder.kind == HolderKind::manual) return fmt::format("{}: {}", who, holder.message);
  const std::string link = holder.link.empty() ? "" : fmt::format(", {}", holder.link);
  return fmt::format("run {} ({}) by {}{}", holder.run, holder.command, who, link);
}

Holder this_process(std::string run, std::string command, std::string since,
                    const std::map<std::string, std::string, std::less<>>& environment) {
  // Without /proc the identity is unknown, and the lock's flock alone tells life from death.
  return {.run = std::move(run),
          .command = std::move(command),
          .since = std::move(since),
          .link = ci_link(environment),
          .process = os::this_process().value_or(os::ProcessIdentity{})};
}

} // namespace deployctl::state
