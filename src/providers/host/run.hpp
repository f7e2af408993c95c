// host.run: a command on hosts. For what has no resource of its own: a migration beside the database, a cache
// to clear. Commands where deployctl runs are exec.run.
#pragma once

#include <deployctl/provider.hpp>

namespace deployctl::providers::host {

Provider make_run();

} // namespace deployctl::providers::host
