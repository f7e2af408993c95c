// exec.run: a command where deployctl runs. For builds, tests, notifications of tools; commands on hosts are
// host.run. The command gets PATH HOME USER LANG TZ TMPDIR of deployctl's own environment and what `env`
// says; a CI's tokens and everything else stay out.
#pragma once

#include <deployctl/provider.hpp>

namespace deployctl::providers::exec {

Provider make_run();

} // namespace deployctl::providers::exec
