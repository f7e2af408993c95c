#include "ssh/ssh_arguments.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/core.h>

#include "base/port.hpp"
#include "base/strings.hpp"

namespace deployctl::ssh {
namespace {

// The first value that ssh meets counts, so these win over the user's options and every configuration file.
constexpr std::array<std::string_view, 9> fixed_options{
    "ServerAliveCountMax=3", "TCPKeepAlive=yes", "ConnectionAttempts=1",
    "ForwardAgent=no",       "ForwardX11=no",    "Tunnel=no",
    "RemoteCommand=none",    "RequestTTY=no",    "EscapeChar=none",
};

void add_option(std::vector<std::string>& argv, std::string option) {
  argv.emplace_back("-o");
  argv.push_back(std::move(option));
}

long seconds_of(Milliseconds duration) {
  return std::max<long>(1, std::chrono::ceil<std::chrono::seconds>(duration).count());
}

// Program, options of every connection, user and port.
std::vector<std::string> common_part(const Client& client, const Destination& destination,
                                     std::string_view log_level = "INFO") {
  std::vector<std::string> argv{client.program};
  if (!client.config_file.empty()) argv.insert(argv.end(), {"-F", client.config_file});
  for (const std::string_view option : fixed_options) add_option(argv, std::string(option));
  add_option(argv, fmt::format("LogLevel={}", log_level)); // causes are read from the log
  add_option(argv, client.may_prompt ? "BatchMode=no" : "BatchMode=yes");
  add_option(argv, "NumberOfPasswordPrompts=1");
  add_option(argv, fmt::format("ConnectTimeout={}", seconds_of(client.connect_timeout)));
  add_option(argv, fmt::format("ServerAliveInterval={}", seconds_of(client.keepalive)));
  add_option(argv, client.new_hosts == NewHosts::accept ? "StrictHostKeyChecking=accept-new"
                                                        : "StrictHostKeyChecking=yes");
  for (const std::string& option : client.options) add_option(argv, option);
  if (!destination.user.empty()) argv.insert(argv.end(), {"-l", destination.user});
  if (destination.port != 0) argv.insert(argv.end(), {"-p", std::to_string(destination.port)});
  return argv;
}

bool is_harmless(std::string_view text, std::string_view marks) {
  const auto fits = [marks](char byte) {
    const bool is_beyond_ascii = (static_cast<unsigned char>(byte) & 0x80U) != 0;
    return is_letter_or_digit(byte) || is_beyond_ascii || marks.find(byte) != std::string_view::npos;
  };
  return !text.starts_with('-') && std::all_of(text.begin(), text.end(), fits);
}

} // namespace

std::string Destination::text() const {
  return (user.empty() ? "" : user + "@") + host + (port == 0 ? "" : ":" + std::to_string(port));
}

Destination destination_of(const Host& host) {
  return {.host = host.address, .user = host.user, .port = host.port};
}

Status check_destination(const Destination& destination) {
  if (destination.host.empty() || !is_harmless(destination.host, "._-:%"))
    return fail(Cause::config, fmt::format("'{}' is not a host that ssh can be given", destination.host));
  if (!is_harmless(destination.user, "._-+@\\$"))
    return fail(Cause::config, fmt::format("'{}' is not a user that ssh can be given", destination.user));
  if (destination.port < 0 || destination.port > last_port)
    return fail(Cause::config, fmt::format("{} is not a port", destination.port));
  return {};
}

std::vector<std::string> settings_arguments(const Client& client, const Destination& destination) {
  std::vector<std::string> argv = common_part(client, destination);
  argv.insert(argv.end(), {"-G", "--", destination.host});
  return argv;
}

std::vector<std::string> master_arguments(const Client& client, const Destination& destination,
                                          const Paths& paths, Carrier carrier) {
  std::vector<std::string> argv = common_part(client, destination);
  add_option(argv, "ControlPersist=no");
  add_option(argv, "ClearAllForwardings=yes");
  if (carrier == Carrier::own_streams) // in front of the user's own options
    argv.insert(argv.begin() + 1, {"-o", "ProxyCommand=-", "-o", "ProxyUseFdpass=no"});
  argv.insert(argv.end(), {"-M", "-N", "-S", paths.socket, "-E", paths.log, "--", destination.host});
  return argv;
}

std::vector<std::string> command_arguments(const Client& client, const Destination& destination,
                                           const std::string& log, const std::string& command_line) {
  // From this level on the log tells that the server reported the command's end.
  std::vector<std::string> argv = common_part(client, destination, "DEBUG1");
  add_option(argv, "ClearAllForwardings=yes");
  argv.insert(argv.end(), {"-T", "-S", "none", "-E", log, "--", destination.host, command_line});
  return argv;
}

std::vector<std::string> forward_arguments(const Client& client, const Destination& destination,
                                           const std::string& log, const std::string& forward) {
  std::vector<std::string> argv = common_part(client, destination);
  // Clearing the configured forwards would clear this one too; that one of those fails must not end it.
  add_option(argv, "ExitOnForwardFailure=no");
  argv.insert(argv.end(), {"-N", "-T", "-S", "none", "-E", log, "-L", forward, "--", destination.host});
  return argv;
}

} // namespace deployctl::ssh
