// The port Hosts for the host "local": commands by /bin/sh, files written in place. Other hosts are a
// bug here: ssh/ssh_hosts.hpp is for them.
#pragma once

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/hosts.hpp>

#include "os/environment.hpp"

namespace deployctl::os {

class LocalHosts final : public Hosts {
public:
  // Of `environment`, commands get what a login over SSH would: PATH HOME USER LOGNAME SHELL LANG LC_ALL TZ
  // TMPDIR and XDG_RUNTIME_DIR. They start in the home directory, or "/" when there is none.
  LocalHosts(const Clock& clock, Environment environment);

  Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) override;
  // Every file is hashed while it is copied; what already has the content and mode is left alone. No symbolic
  // link below the destination is followed.
  Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) override;

private:
  const Clock& clock_;
  Environment environment_;
};

} // namespace deployctl::os
