// The files of a transfer on another machine: one round trip asks what stands there, a second one sends what
// differs. On this machine it is os/local_transfer.hpp; a test holds both to the same table.
#pragma once

#include <stop_token>
#include <string>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/hosts.hpp>
#include <deployctl/result.hpp>

#include "ssh/leash_text.hpp"
#include "ssh/remote_shell.hpp"

namespace deployctl::ssh {

struct TransferHost {
  RemoteShell& shell;
  const Clock& clock;
  Random& random;
  const std::string& name;
  const Fence* fence = nullptr;
};

// All files are complete and verified over there before the first one appears under its name. Cause::capacity
// with mount, free and needed before anything is sent that has no room. Durable when it returns. No symbolic
// link below the destination is followed.
Status send_files(const TransferHost& host, const HostTransfer& transfer, const std::stop_token& stop);

} // namespace deployctl::ssh
