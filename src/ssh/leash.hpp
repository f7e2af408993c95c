// One script on one host from start to end: data in, output streamed, a deadline, and an end that leaves
// nothing behind over there when it was cut short. How it looks on the wire is ssh/leash_text.hpp; steps that
// must survive us are not leashed but kept in the host's ledger.
#pragma once

#include <stop_token>
#include <string>

#include <deployctl/host.hpp>
#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/hosts.hpp>
#include <deployctl/result.hpp>

#include "ssh/leash_text.hpp"
#include "ssh/remote_shell.hpp"
#include "ssh/session_input.hpp"

namespace deployctl::ssh {

struct LeashRequest {
  std::string what; // in messages: "'observe' on 'web-1'"
  LeashedScript script;
  Text input;        // of Feed::data
  ByteSource source; // of Feed::stream
  Milliseconds timeout{60'000};
  Milliseconds grace{5'000};
  std::size_t capture_limit = 1 << 20;
  LineSink* output = nullptr;
};

// A timeout or a stop is a result: the script's whole group got TERM, and KILL after the grace. Errors: what
// starting gave; network when the connection was lost, `retryable` if the script cannot have begun;
// command_failed when the host ended it, or could not begin it.
Result<HostResult> run_leashed(RemoteShell& shell, const Clock& clock, Random& random,
                               const LeashRequest& request, std::stop_token stop);

} // namespace deployctl::ssh
