// Real sshd processes on loopback addresses, each with a host key of its own, and the client's side of them:
// a key, known_hosts and a configuration in one folder. Started and ended by the test; the log of a server
// tells how often somebody logged in.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/system_clock.hpp"
#include "os/background_process.hpp"
#include "os/scratch.hpp"
#include "ssh/connections.hpp"

namespace deployctl::tests {

struct ServerOptions {
  std::string settings;                 // lines of sshd_config, before the usual ones: the first one counts
  std::string address = {};             // empty: a fresh one of 127.0.0.0/8
  std::vector<std::string> inside = {}; // words in front of sshd: "ip netns exec NAME"
};

class SshServer {
public:
  // `caretaker` ends it when the test is killed.
  SshServer(ssh::Caretaker& caretaker, const std::string& folder, const std::string& name,
            const std::string& authorized_keys, ServerOptions options = {});
  ~SshServer();
  SshServer(const SshServer&) = delete;
  SshServer& operator=(const SshServer&) = delete;

  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] std::string known_hosts_line() const;
  [[nodiscard]] int logins() const;                            // accepted ones
  [[nodiscard]] int attempts_at_end(const Clock& clock) const; // to log in, refused ones included
  [[nodiscard]] std::string log() const;
  void start();
  void stop();                           // the listener and all its sessions
  void replace_key();                    // stops, makes a new host key, starts
  void add_key(const std::string& type); // from the next start on
  void drop_first_key();                 // stops, starts without it
  // The processes that serve connections.
  [[nodiscard]] std::vector<pid_t> sessions() const;

private:
  void write_settings();

  ssh::Caretaker& caretaker_;
  std::string folder_;
  std::string address_;
  std::string authorized_keys_;
  ServerOptions options_;
  std::vector<std::string> keys_;
  std::optional<os::BackgroundProcess> process_;
};

// A client's folder with servers in it.
class SshWorld {
public:
  SshWorld();

  SshServer& add(const std::string& name, ServerOptions options = {}, bool is_known = true);
  // Lines of ssh_config in front of the usual ones.
  void configure(const std::string& lines);
  [[nodiscard]] std::string path(const std::string& name) const { return scratch_.path(name); }
  [[nodiscard]] const Scratch& scratch() const { return scratch_; }
  void know(const std::string& line); // of known_hosts

  // Connections with a keepalive of a second, so that a loss is seen soon.
  ssh::Connections& connections();
  ssh::Client client() const;
  os::Environment environment() const;
  void use(ssh::Client client, ssh::Limits limits = {}); // for connections() from now on
  void disconnect() { connections_.reset(); }
  std::shared_ptr<ssh::RemoteShell> shell(const std::string& host);
  [[nodiscard]] std::ptrdiff_t left_directories() const; // of the sockets of connections

  SystemClock clock;
  SystemRandom random;

private:
  Scratch scratch_;
  std::string public_key_;
  std::string known_;
  std::unique_ptr<ssh::Caretaker> caretaker_;
  std::vector<std::unique_ptr<SshServer>> servers_;
  std::unique_ptr<ssh::Connections> connections_;
};

struct Finished {
  ssh::SessionEnd end;
  std::string out;
  std::string err;
};
// Reads a session to its end.
Finished finish(ssh::RemoteSession& session);
Result<Finished> run(ssh::RemoteShell& shell, const std::string& command_line);

} // namespace deployctl::tests
