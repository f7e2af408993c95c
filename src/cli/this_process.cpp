#include "cli/this_process.hpp"

#include "base/strings.hpp"
#include "base/time.hpp"
#include "base/variables.hpp"
#include "os/process_identity.hpp"

namespace deployctl::cli {

std::string user_at_host(const Invocation& invocation) {
  if (!invocation.machine.user.empty()) return invocation.machine.user;
  if (const Result<os::ProcessIdentity> identity = os::this_process())
    return identity->user + "@" + identity->host;
  const std::string* user = find_variable(invocation.environment, "USER");
  return user ? *user : "unknown";
}

std::string command_text(const Invocation& invocation) {
  const std::string name(invocation.line.command->name);
  return invocation.line.arguments.empty() ? name : name + " " + join(invocation.line.arguments, " ");
}

state::Holder holder_of(const Invocation& invocation, const std::string& run) {
  std::map<std::string, std::string, std::less<>> variables(invocation.environment.begin(),
                                                            invocation.environment.end());
  return state::this_process(run, command_text(invocation), format_time(invocation.clock.wall()), variables);
}

} // namespace deployctl::cli
