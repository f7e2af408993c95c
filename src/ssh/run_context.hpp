// What all connections of one run share. No logic of its own.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <deployctl/ports/clock.hpp>

#include "os/environment.hpp"
#include "ssh/caretaker.hpp"
#include "ssh/runtime_directory.hpp"
#include "ssh/slots.hpp"
#include "ssh/ssh_arguments.hpp"

namespace deployctl::ssh {

struct Limits {
  std::size_t sessions = 8;             // over one connection; a server's MaxSessions is 10 unless changed
  std::size_t logins = 8;               // at the same time at one address; MaxStartups begins to drop at 10
  Milliseconds login_timeout{30'000};   // behind connect_timeout: key exchange and authentication
  Milliseconds session_timeout{60'000}; // a lost connection is noticed before
};

struct RunContext {
  const Clock& clock;
  Random& random;
  os::Environment environment; // of ssh: HOME, PATH, SSH_AUTH_SOCK
  Client client;
  Limits limits;
  RuntimeDirectory directory;
  std::unique_ptr<Caretaker> caretaker;

  std::mutex logins_mutex;
  std::map<std::string, std::shared_ptr<Slots>> logins; // by address and port
};

} // namespace deployctl::ssh
