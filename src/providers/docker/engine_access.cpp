#include "providers/docker/engine_access.hpp"

#include <fmt/core.h>

#include "providers/host_script.hpp"

namespace deployctl::providers::docker {
namespace {

constexpr const char* operation_name = "engine_access";

// $1: the socket. "socket open|closed|missing"; a folder on the way that may not be entered counts as closed.
const std::string& access_script() {
  static const std::string script = std::string(script_prelude) + R"sh(socket=$1
state=missing
if [ -S "$socket" ]; then
  state=closed
  if [ -r "$socket" ] && [ -w "$socket" ]; then state=open; fi
else
  folder=$socket
  while [ "$folder" != / ] && [ "$folder" != . ]; do
    folder=$(dirname "$folder")
    if [ -d "$folder" ] && [ ! -x "$folder" ]; then state=closed; fi
  done
fi
printf 'socket %s\n' "$state"
printf 'user %s\n' "$(id -un 2>/dev/null || id -u)"
if group=$(stat -L -c %G "$socket" 2>/dev/null); then printf 'group %s\n' "$group"; fi
)sh";
  return script;
}

struct Access {
  std::string socket; // "open", "closed", "missing"; empty: nobody could say
  std::string user;
  std::string group; // of the socket; empty: not known
};

Access access_in(std::string_view out) {
  Access access;
  for (const Line& line : key_lines(out)) {
    if (line.key == "socket") access.socket = line.rest;
    if (line.key == "user") access.user = line.rest;
    if (line.key == "group") access.group = line.rest;
  }
  return access;
}

std::string help_for(const Access& access) {
  if (access.group.empty() || access.group == "root" || access.group == "UNKNOWN")
    return "log in as a user who may, or say under 'providers: docker' which socket is this user's own";
  return fmt::format("add '{}' to the group '{}' there, which makes it as much as root, or log in as "
                     "another user",
                     access.user, access.group);
}

} // namespace

Operation engine_access_operation() {
  return {.name = operation_name,
          .effect = Effect::read,
          .protocol = Protocol::host,
          .help = "Looks on the host why the engine does not answer: whether its socket is there, and may be "
                  "used.",
          .script = access_script()};
}

Error explain_silence(const Ports& ports, const Host& host, const std::string& socket, Error error,
                      const std::stop_token& stop) {
  if (error.cause != Cause::network) return error;
  const HostCommand command{.operation = operation_name, .script = access_script(), .arguments = {socket}};
  const auto result = run_script(ports.hosts, host, command,
                                 fmt::format("host {}: cannot look for the engine", host.name), stop);
  if (!result) return error;
  const Access access = access_in(result->out);
  if (access.socket == "closed")
    return {.cause = Cause::permission,
            .message = fmt::format("'{}' may not use the Docker engine's socket {} on '{}'", access.user,
                                   socket, host.name),
            .help = help_for(access),
            .evidence = {error.message}};
  if (access.socket == "missing")
    return {.cause = Cause::not_found,
            .message = fmt::format("there is no Docker engine at {} on '{}'", socket, host.name),
            .help = "install and start Docker there, or say under 'providers: docker' where its socket is",
            .evidence = {error.message}};
  if (access.socket == "open" && !host.is_local())
    error.help = "its socket is there: does the engine run, and may this user forward to it "
                 "(AllowStreamLocalForwarding in sshd_config there)?";
  return error;
}

} // namespace deployctl::providers::docker
