// The command lines of the system's ssh, as pure values: to ask for a host's settings, to be a master, to run
// one command, to forward. Nothing that varies can become an option, and nothing secret stands in any.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/host.hpp>
#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>

namespace deployctl::ssh {

enum class NewHosts { refuse, accept }; // a host whose key nobody knows; a changed key is always refused

struct Client {
  std::string program = "ssh";
  std::string config_file; // instead of the user's and the system's; empty: those
  Milliseconds connect_timeout{10'000};
  Milliseconds keepalive{5'000}; // a host that is silent for three of them is lost
  NewHosts new_hosts = NewHosts::refuse;
  bool multiplexing = true; // false: one ssh for each command
  bool may_prompt = false;  // somebody can type a password
  // Tells a person which host's login waits for the touch of a hardware key, and ssh's words; not set: nobody
  // is there. Called from any thread.
  std::function<void(const std::string& host, const std::string& question)> ask_touch;
  std::vector<std::string> options; // "Name=value", the user's own; ours win
};

struct Destination {
  std::string host; // as written: an alias, a name or an address
  std::string user; // empty and 0: as the SSH configuration has them
  int port = 0;

  [[nodiscard]] std::string text() const; // "user@host:port", as far as given
  friend bool operator==(const Destination&, const Destination&) = default;
};

Destination destination_of(const Host& host);
// Cause::config for what ssh would take for an option or a shell of its configuration for a command.
Status check_destination(const Destination& destination);

std::vector<std::string> settings_arguments(const Client& client, const Destination& destination);

struct Paths {
  std::string socket;
  std::string log;
};
// What the connection to the host runs over.
enum class Carrier {
  as_configured,
  own_streams, // standard input and output of this ssh
};
std::vector<std::string> master_arguments(const Client& client, const Destination& destination,
                                          const Paths& paths, Carrier carrier);
std::vector<std::string> command_arguments(const Client& client, const Destination& destination,
                                           const std::string& log, const std::string& command_line);
// `forward` as -L takes it: this machine's end and the host's.
std::vector<std::string> forward_arguments(const Client& client, const Destination& destination,
                                           const std::string& log, const std::string& forward);

} // namespace deployctl::ssh
