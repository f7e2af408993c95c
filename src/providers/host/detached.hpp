// Commands of host.run that go on when the connection or deployctl itself is lost: kept in the host's ledger,
// found again by the step's key, and adopted. Those that end with us are run.cpp's own.
#pragma once

#include <vector>

#include <deployctl/provider.hpp>

#include "providers/command.hpp"

namespace deployctl::providers::host {

std::vector<Operation> detached_operations();

// `command` with what is to be run as its arguments. A lost connection is tried again a few times: over there
// it goes on. What this key began before is followed, or its result taken.
Result<CommandEnd> run_detached(WriteSession& session, const Host& host, HostCommand command,
                                const Intent& intent, bool is_script);

// done when it ended with 0; in_progress when it runs, or ended otherwise and its result is to be taken; not
// done when the ledger has no such command.
Confirmation confirm_detached(ReadSession& session, const Host& host, const Intent& intent);

} // namespace deployctl::providers::host
